package dev.matviews.refresh;

import dev.matviews.plan.Standing.OnTop;
import org.jspecify.annotations.Nullable;

/**
 * What {@code Auto} means. The first line that holds decides:
 *
 * <table>
 * <caption>docs/refresh-modes.md says why, with the measurements</caption>
 * <tr><th>when</th><th>mode</th></tr>
 * <tr><td>no data yet</td><td>Standard</td></tr>
 * <tr><td>no swap possible, unique index</td><td>Concurrent</td></tr>
 * <tr><td>no swap possible, no unique index</td><td>Standard</td></tr>
 * <tr><td>no unique index</td><td>Swap</td></tr>
 * <tr><td>standbys, or a swap got no lock lately</td><td>Concurrent</td></tr>
 * <tr><td>a swap is expected to save more than a tenth of the time; once in that mode, to save
 * anything</td><td>Swap</td></tr>
 * <tr><td>else</td><td>Concurrent</td></tr>
 * </table>
 *
 * <p>The wording is part of status and so holds no number that would change from run to run.
 */
final class AutoMode {

  /** A concurrent refresh keeps the view's OID and disturbs nobody: a swap has to be worth it. */
  private static final double WORTH = 1.1;

  private AutoMode() {}

  static ModeChoice choose(ModeFacts facts) {
    String hindrance = hindrance(facts);
    if (hindrance != null) {
      return facts.uniqueIndex()
          ? concurrent("there is a unique index, and " + hindrance)
          : ModeChoice.chosen(Mode.Standard, "there is no usable unique index, and " + hindrance);
    }
    if (!facts.uniqueIndex()) {
      return new ModeChoice(
          Mode.Swap,
          null,
          "there is no usable unique index, and a plain refresh would hold readers up",
          false);
    }
    if (facts.standing().standbys()) {
      return concurrent("a swap that is replayed on a standby would cancel its readers");
    }
    if (facts.swapGotNoLock()) {
      return concurrent("a swap got no lock lately, since something reads the view for long");
    }
    return savesTime(facts)
        ? new ModeChoice(
            Mode.Swap, null, "a swap is expected to take less time than comparing all rows", true)
        : concurrent("comparing the rows is expected to take hardly more time than a swap");
  }

  /** Null where a swap is possible, and nobody else has to pay for it. */
  private static @Nullable String hindrance(ModeFacts facts) {
    if (!facts.managed()) {
      return "the view's definition is not managed";
    }
    if (!facts.standing().replaceable()) {
      return "the view's owner may not make another one with the same grants";
    }
    if (facts.standing().onTop() == OnTop.Others) {
      return "what stands on the view could not be pointed at another one";
    }
    if (facts.standing().onTop() == OnTop.ManagedViews) {
      return "after a swap, each materialized view on top would be built anew";
    }
    return facts.swapWasRefused() ? "the last swap was refused" : null;
  }

  private static boolean savesTime(ModeFacts facts) {
    ExpectedTime time = ExpectedTime.of(facts);
    boolean swaps = facts.lastMode().filter(last -> last == Mode.Swap).isPresent();
    return time.concurrent() > time.swap() * (swaps ? 1 : WORTH);
  }

  private static ModeChoice concurrent(String why) {
    return ModeChoice.chosen(Mode.Concurrent, why);
  }
}
