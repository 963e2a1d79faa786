package dev.matviews.controller;

import dev.matviews.plan.Index;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.postgres.StarQuery;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.ModeChoice;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What works but should be looked at. Never a reason to refuse, and worded without numbers that
 * change, since each new wording is an Event.
 *
 * @param rebuildSize in bytes, from which on a rebuild is worth a warning; null for none
 */
record Warnings(@Nullable BigDecimal rebuildSize) {

  private static final String VOLATILE = "volatile ";
  private static final String TIME_ZONE = "time zone ";

  List<String> of(
      DesiredView desired, ObservedView view, @Nullable ModeChoice mode, boolean stays) {
    List<String> warnings = new ArrayList<>();
    String zone =
        view.record()
            .filter(ViewRecord::managed)
            .map(ViewRecord::timeZone)
            .orElse(desired.timeZone());
    if (stays && view.relation().filter(Relation::readsReplaced).isPresent()) {
      warnings.add(
          "a view that this one reads was replaced, and this one still reads what it was before:"
              + " its data stay those of that moment until it is built anew itself");
    }
    view.record().map(ViewRecord::traits).stream()
        .flatMap(List::stream)
        .map(trait -> ofTrait(trait, zone))
        .flatMap(Optional::stream)
        .forEach(warnings::add);
    definition(desired).ifPresent(d -> star(d).ifPresent(warnings::add));
    view.relation().ifPresent(r -> unreadable(r).ifPresent(warnings::add));
    if (!view.hasUsableUniqueIndex()) {
      view.relation().ifPresent(r -> useless(desired, r).forEach(warnings::add));
    }
    boolean unasked = desired.refresh().mode() == Mode.Auto;
    if (view.populated() && unasked && mode != null && mode.mode() == Mode.Standard) {
      warnings.add("readers wait during each refresh: add a unique index to refresh concurrently");
    }
    definition(desired).flatMap(d -> view.relation().flatMap(this::size)).ifPresent(warnings::add);
    return List.copyOf(warnings);
  }

  private static Optional<ViewDefinition> definition(DesiredView desired) {
    return desired.managed().map(wanted -> wanted.definition());
  }

  private static Optional<String> ofTrait(String trait, String timeZone) {
    if (trait.startsWith(VOLATILE)) {
      return Optional.of(
          "the query calls the volatile function %s, so that two refreshes of the same data differ"
              .formatted(trait.substring(VOLATILE.length())));
    }
    if (trait.startsWith(TIME_ZONE)) {
      return Optional.of(trait.substring(TIME_ZONE.length()))
          .filter(zone -> !zone.equalsIgnoreCase(timeZone))
          .map(
              zone ->
                  ("the view's data were made before it was adopted, where the TimeZone of its owner"
                          + " or database is %s; refreshes use sessionTimeZone %s")
                      .formatted(zone, timeZone));
    }
    return trait.equals("ordered")
        ? Optional.of(
            "the query has ORDER BY without LIMIT: it orders the rows on disk, but whoever reads the"
                + " view has to order them again")
        : Optional.empty();
  }

  private static Optional<String> star(ViewDefinition definition) {
    return StarQuery.is(definition.sql())
        ? Optional.of(
            "the query has SELECT *: a column that its source gains is not in the view until the"
                + " definition is edited or approved; name the columns")
        : Optional.empty();
  }

  private static Optional<String> unreadable(Relation view) {
    return view.unreadableSources().isEmpty()
        ? Optional.empty()
        : Optional.of(
            "role %s, which owns the view, may not read %s; GRANT SELECT to it"
                .formatted(view.owner(), String.join(", ", view.unreadableSources())));
  }

  /** Others' indexes are none of the spec's business. */
  private static Stream<String> useless(DesiredView desired, Relation view) {
    List<String> ours =
        definition(desired).stream().flatMap(d -> d.indexes().stream()).map(Index::name).toList();
    return view.indexes().stream()
        .filter(index -> ours.contains(index.name()))
        .filter(index -> index.unique() && index.valid())
        .map(ObservedIndex::name)
        .map(
            ("unique index %s has an expression or a WHERE, so that it cannot serve a concurrent"
                    + " refresh; add one over columns alone")
                ::formatted);
  }

  private Optional<String> size(Relation view) {
    return rebuildSize != null && BigDecimal.valueOf(view.bytes()).compareTo(rebuildSize) > 0
        ? Optional.of(
            ("a changed definition needs as much disk again as the view has now while it is built,"
                    + " more than the connection's rebuildSizeWarning of %s bytes")
                .formatted(rebuildSize.toPlainString()))
        : Optional.empty();
  }
}
