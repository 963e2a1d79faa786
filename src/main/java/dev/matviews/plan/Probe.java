package dev.matviews.plan;

import java.util.List;
import java.util.Map;

/** What a scratch view made of the wanted SQL and rolled back showed. */
public sealed interface Probe {

  /** Not asked: the record agrees with the view, or there is no view to compare with. */
  record NotNeeded() implements Probe {}

  /**
   * The scratch view beside the one that is live.
   *
   * @param sameDefinition whether both have the same query and the same columns
   * @param followsColumns whether the wanted one's columns are those of its sources, by a star
   * @param columns of the scratch view
   * @param indexShapes of the wanted indexes, by their names
   * @param takenNames of the wanted indexes' names, those that another relation of the schema has
   * @param dependents what stands on the live one
   * @param unreachableGrantors roles whose grants on it nobody but they can repeat
   */
  record Seen(
      boolean sameDefinition,
      boolean followsColumns,
      List<Column> columns,
      Map<String, String> indexShapes,
      List<String> takenNames,
      List<Dependent> dependents,
      List<String> unreachableGrantors)
      implements Probe {

    public Seen {
      columns = List.copyOf(columns);
      indexShapes = Map.copyOf(indexShapes);
      takenNames = List.copyOf(takenNames);
      dependents = List.copyOf(dependents);
      unreachableGrantors = List.copyOf(unreachableGrantors);
    }
  }
}
