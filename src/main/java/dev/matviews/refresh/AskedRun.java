package dev.matviews.refresh;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run that somebody asks for by an object of its own. It runs at most once, however it ends.
 *
 * @param uid of that object
 * @param mode null for the one of the view's spec
 * @param since when it was asked for
 * @param patient whether it waits until another run of the view has ended
 * @param turn whether all that are to be refreshed before it have been
 * @param overtaken whether another run of the view is going on, for which it does not wait
 */
public record AskedRun(
    String uid,
    @Nullable Mode mode,
    Instant since,
    boolean patient,
    boolean turn,
    boolean overtaken) {

  public RunId id() {
    return RunId.run(uid);
  }
}
