package dev.matviews.postgres;

import dev.matviews.refresh.Mode;
import dev.matviews.refresh.RunId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a run has come.
 *
 * @param mode null for a changed definition
 * @param pid of the server process that works for it
 * @param asksAgain whether a try for its lock has failed and it asks for it again and again
 */
public record Progress(
    RunId id, @Nullable Mode mode, Instant startedAt, Phase phase, int pid, boolean asksAgain) {}
