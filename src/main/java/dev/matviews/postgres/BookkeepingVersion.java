package dev.matviews.postgres;

import dev.matviews.plan.Reason;

/**
 * Which version the operator's tables are of. What a newer operator wrote may mean something that
 * this one does not know, so it reads nothing from it, and changes and refreshes nothing.
 *
 * <p>The number stands in a comment on the tables: it is read with every look and changed in the
 * transaction that changes the tables. It goes up whenever an operator that does not know of a
 * change would do harm.
 */
final class BookkeepingVersion {

  /** The one that this operator makes; older ones it brings up to this one. */
  static final int KNOWN = 1;

  private static final String OF_TABLE = SqlFile.read("bookkeeping-version.sql");

  private BookkeepingVersion() {}

  /**
   * An expression.
   *
   * @param table an expression for its OID
   */
  static String inSql(String table) {
    return OF_TABLE.replace("${table}", table);
  }

  /**
   * Lets only those pass that this operator knows.
   *
   * @throws DatabaseException UnsupportedVersion
   */
  static void require(int found) {
    if (found > KNOWN) {
      throw new DatabaseException(
          new Failure(
              Reason.UnsupportedVersion,
              null,
              ("the operator's tables in this database were made by a newer operator (they are of"
                      + " version %d, this operator knows %d); nothing is changed or refreshed here"
                      + " until the operator is upgraded again")
                  .formatted(found, KNOWN)));
    }
  }
}
