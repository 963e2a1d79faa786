package dev.matviews.refresh;

import dev.matviews.plan.Reason;
import dev.matviews.plan.Standing.OnTop;
import org.jspecify.annotations.Nullable;

/**
 * The mode that a run takes, and why.
 *
 * <p>Only PostgreSQL's own rules force it: REFRESH CONCURRENTLY needs data to compare with and a
 * unique index over plain columns, and a swap needs to be able to drop the old view. A view without
 * data is filled by a plain refresh in every mode, since nobody can read it and so nobody waits.
 *
 * @param refused null, or why nothing may run: the spec wants what the view does not allow
 * @param elseConcurrent whether a swap that gets no lock may end as a concurrent refresh
 */
public record ModeChoice(Mode mode, @Nullable Reason refused, String why, boolean elseConcurrent) {

  public static ModeChoice of(Mode wanted, ModeFacts facts) {
    if (!facts.populated()) {
      return chosen(Mode.Standard, "the view holds no data yet, so no reader can wait for it");
    }
    return switch (wanted) {
      case Standard -> chosen(wanted, "the spec asks for it");
      case Concurrent -> concurrent(facts);
      case Swap -> swap(facts);
      case Auto -> AutoMode.choose(facts);
    };
  }

  private static ModeChoice concurrent(ModeFacts facts) {
    return facts.uniqueIndex()
        ? chosen(Mode.Concurrent, "the spec asks for it")
        : refused(
            Mode.Concurrent,
            Reason.UniqueIndexRequired,
            "there is no valid unique index over plain columns without a predicate; add one to"
                + " spec.indexes");
  }

  private static ModeChoice swap(ModeFacts facts) {
    if (!facts.managed()) {
      return refused(
          Mode.Swap,
          Reason.PermissionDenied,
          "a view whose definition is not managed is never replaced; choose another mode");
    }
    if (facts.standing().onTop() == OnTop.Others) {
      return refused(
          Mode.Swap,
          Reason.DependentsExist,
          "what stands on the view could not be pointed at another one, see status.dependents; drop"
              + " it, or choose another mode");
    }
    if (!facts.standing().replaceable()) {
      return refused(
          Mode.Swap,
          Reason.PermissionDenied,
          "the view's owner may not make another one with the same grants: it needs CREATE on the"
              + " schema, and the connecting role has to be able to become it and whoever granted"
              + " something; or choose another mode");
    }
    return new ModeChoice(Mode.Swap, null, "the spec asks for it", facts.uniqueIndex());
  }

  static ModeChoice chosen(Mode mode, String why) {
    return new ModeChoice(mode, null, why, false);
  }

  private static ModeChoice refused(Mode wanted, Reason reason, String why) {
    return new ModeChoice(wanted, reason, why, false);
  }

  public boolean legal() {
    return refused == null;
  }

  public boolean concurrently() {
    return mode == Mode.Concurrent;
  }
}
