package dev.matviews.postgres;

import dev.matviews.plan.Index;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Step;
import java.util.ArrayList;
import java.util.List;

/** What a rebuild is going to do, for whoever has to approve it. */
public final class RebuildOutline {

  /** Made-up names, in place of those that each run invents. */
  private static final String NEW = "matviews_new";

  private static final String OLD = "matviews_old";

  private RebuildOutline() {}

  /**
   * The statements in their order, with comments where a statement would say too much.
   *
   * @param dependents what stands on the view, as PostgreSQL describes it
   */
  public static List<String> statements(Step.Rebuild step, List<String> dependents) {
    List<String> statements = building(step);
    statements.addAll(swap(step.definition().name(), dependents));
    return statements;
  }

  private static List<String> building(Step.Rebuild step) {
    QualifiedName shadow = new QualifiedName(step.definition().name().schema(), NEW);
    String tablespace = step.tablespace();
    List<String> statements = new ArrayList<>();
    statements.add(
        "CREATE MATERIALIZED VIEW %s%s AS %s WITH NO DATA"
            .formatted(
                Sql.qualified(shadow),
                tablespace == null ? "" : " TABLESPACE " + Sql.identifier(tablespace),
                step.definition().sql().strip()));
    statements.add(
        "-- owner, grants, comments, storage parameters and statistics are copied from the old one");
    if (step.fill()) {
      statements.add("REFRESH MATERIALIZED VIEW " + Sql.qualified(shadow));
    }
    for (Index index : step.definition().indexes()) {
      statements.add(IndexSql.create(index, index.name(), shadow, false).text());
    }
    statements.add("-- indexes that others made on the old one are made on the new one");
    statements.add("VACUUM (ANALYZE) " + Sql.qualified(shadow));
    return statements;
  }

  private static List<String> swap(QualifiedName view, List<String> dependents) {
    QualifiedName shadow = new QualifiedName(view.schema(), NEW);
    QualifiedName old = new QualifiedName(view.schema(), OLD);
    List<String> statements = new ArrayList<>();
    statements.add("BEGIN");
    statements.add(new Rename("MATERIALIZED VIEW", view, OLD).sql().text());
    statements.add(new Rename("MATERIALIZED VIEW", shadow, view.name()).sql().text());
    List<String> staying = dependents.stream().filter(RebuildOutline::stays).toList();
    dependents.stream()
        .filter(dependent -> !stays(dependent))
        .forEach(moving -> statements.add("-- %s is made to read the new one".formatted(moving)));
    if (staying.isEmpty()) {
      statements.add("DROP MATERIALIZED VIEW " + Sql.qualified(old));
    }
    statements.add("COMMIT");
    staying.forEach(
        s -> statements.add("-- %s is rebuilt on the new one, then the old one goes".formatted(s)));
    return statements;
  }

  private static boolean stays(String dependent) {
    return dependent.startsWith("materialized view ");
  }

  /** In a sentence, which locks that takes and who waits for them. */
  public static String locks(Step.Rebuild step, int dependents) {
    String also =
        switch (dependents) {
          case 0 -> "";
          case 1 -> " and on what stands on it";
          default -> " and on the %d objects that stand on it".formatted(dependents);
        };
    return ("while it is built: ACCESS SHARE on what the SQL reads, which holds up no reader or"
            + " writer; then, for one short transaction: ACCESS EXCLUSIVE on %s%s, for which"
            + " readers wait no longer than refresh.lockTimeout")
        .formatted(step.definition().name(), also);
  }
}
