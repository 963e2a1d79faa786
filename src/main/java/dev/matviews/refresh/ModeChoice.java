package dev.matviews.refresh;

import dev.matviews.plan.ObservedView;

/**
 * The mode that a run takes, and why.
 *
 * <p>Only PostgreSQL's own rules force it: REFRESH CONCURRENTLY needs data to compare with and a
 * unique index over plain columns. A view without data is filled by a plain refresh in every mode,
 * since nobody can read it and so nobody waits.
 *
 * @param legal false when the spec wants what the view does not allow; nothing may run then
 */
public record ModeChoice(boolean concurrently, boolean legal, String why) {

  public static ModeChoice of(Mode wanted, ObservedView view) {
    boolean unique = view.hasUsableUniqueIndex();
    if (wanted == Mode.Concurrent && !unique && view.populated()) {
      return new ModeChoice(
          true, false, "there is no valid unique index over plain columns without a predicate");
    }
    if (!view.populated()) {
      return new ModeChoice(
          false, true, "the view holds no data yet, so no reader can wait for it");
    }
    return switch (wanted) {
      case Standard -> new ModeChoice(false, true, "the spec asks for it");
      case Concurrent -> new ModeChoice(true, true, "the spec asks for it");
      case Auto ->
          unique
              ? new ModeChoice(true, true, "there is a unique index, so readers need not wait")
              : new ModeChoice(false, true, "there is no usable unique index");
    };
  }

  public Mode mode() {
    return concurrently ? Mode.Concurrent : Mode.Standard;
  }
}
