package dev.matviews.controller;

import dev.matviews.api.v1alpha1.IndexKey;
import dev.matviews.api.v1alpha1.IndexMethod;
import dev.matviews.api.v1alpha1.IndexSpec;
import dev.matviews.api.v1alpha1.NullsOrder;
import dev.matviews.api.v1alpha1.SortOrder;
import dev.matviews.plan.Index;
import dev.matviews.plan.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An entry of {@code spec.indexes} in the words of the domain. */
final class DesiredIndex {

  private DesiredIndex() {}

  /**
   * Parses everything, also what the API server has checked already.
   *
   * @throws RefusedException InvalidIdentifier, InvalidSQL
   */
  static Index of(IndexSpec spec) {
    DesiredView.identifier(spec.name());
    spec.columns().forEach(DesiredView::identifier);
    spec.include().forEach(DesiredView::identifier);
    List<Index.Key> keys =
        spec.keys().isEmpty()
            ? spec.columns().stream().map(Index.Key::column).toList()
            : spec.keys().stream().map(DesiredIndex::key).toList();
    return new Index(
        spec.name(),
        spec.unique(),
        keys,
        spec.include(),
        spec.where(),
        method(spec.method()),
        spec.nullsNotDistinct(),
        spec.parameters());
  }

  private static Index.Key key(IndexKey key) {
    if ((key.column() == null) == (key.expression() == null)) {
      throw new RefusedException(
          Reason.InvalidSQL,
          "a key of an index is either a column or an expression: give exactly one of them");
    }
    if (key.column() != null) {
      DesiredView.identifier(key.column());
    }
    return new Index.Key(
        key.column(),
        key.expression(),
        order(key.order()),
        nulls(key.nulls()),
        key.operatorClass(),
        key.collation());
  }

  private static Index.Method method(@Nullable IndexMethod method) {
    if (method == null) {
      return Index.Method.Btree;
    }
    return switch (method) {
      case BTREE -> Index.Method.Btree;
      case HASH -> Index.Method.Hash;
      case GIN -> Index.Method.Gin;
      case GIST -> Index.Method.Gist;
      case BRIN -> Index.Method.Brin;
      case SPGIST -> Index.Method.Spgist;
    };
  }

  private static Index.@Nullable Order order(@Nullable SortOrder order) {
    if (order == null) {
      return null;
    }
    return switch (order) {
      case ASC -> Index.Order.Asc;
      case DESC -> Index.Order.Desc;
    };
  }

  private static Index.@Nullable Nulls nulls(@Nullable NullsOrder nulls) {
    if (nulls == null) {
      return null;
    }
    return switch (nulls) {
      case FIRST -> Index.Nulls.First;
      case LAST -> Index.Nulls.Last;
    };
  }
}
