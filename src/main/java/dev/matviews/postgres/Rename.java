package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;

/**
 * A name that has to wait until the one who holds it is out of the way.
 *
 * @param kind as ALTER calls it
 */
record Rename(String kind, QualifiedName from, String to) {

  Sql sql() {
    return Sql.of(
        "ALTER %s %s RENAME TO %s".formatted(kind, Sql.qualified(from), Sql.identifier(to)));
  }
}
