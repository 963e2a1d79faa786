package dev.matviews.plan;

import java.util.List;

/** An index as a spec asks for it: a btree over plain columns, in this order. */
public record Index(String name, boolean unique, List<String> columns) {

  public Index {
    columns = List.copyOf(columns);
  }
}
