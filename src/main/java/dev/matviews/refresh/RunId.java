package dev.matviews.refresh;

import dev.matviews.plan.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What makes a run the same run after a crash, on another replica, or by another operator: what it
 * was started by, and the due time, request or view that started it. The database keeps one row for
 * each, and so refreshes at most once for each.
 */
public record RunId(Trigger trigger, String key) {

  /** Longer requests are cut here and told apart by a hash: a key has to fit an index page. */
  private static final int LONGEST_REQUEST = 128;

  private static final String HASHED = "sha256:";

  /**
   * A view that was dropped and made again is filled again, and so is one that was emptied by hand,
   * which keeps its OID.
   *
   * @param lastSuccess when the view was last refreshed, null for never
   */
  public static RunId initial(long oid, @Nullable Instant lastSuccess) {
    return new RunId(
        Trigger.Initial, lastSuccess == null ? Long.toString(oid) : oid + "-after-" + lastSuccess);
  }

  public static RunId schedule(Instant due) {
    return new RunId(Trigger.Schedule, due.toString());
  }

  public static RunId request(String value) {
    boolean fits =
        value.length() <= LONGEST_REQUEST
            && value.chars().noneMatch(c -> c < ' ')
            && !value.startsWith(HASHED);
    return new RunId(Trigger.Request, fits ? value : HASHED + sha256(value));
  }

  /**
   * A run that an object of its own stands for.
   *
   * @param uid of the object
   */
  public static RunId run(String uid) {
    return new RunId(Trigger.Run, uid);
  }

  /**
   * A run that takes over what views below hold.
   *
   * @param since when the newest of that was there
   */
  public static RunId upstream(Instant since) {
    return new RunId(Trigger.Upstream, since.toString());
  }

  /**
   * A definition that replaces the one of a view. Each rebuild makes another OID, so a definition
   * that comes back is brought to life again.
   *
   * @param hash of the definition, its indexes and its tablespace
   * @param oldOid of the view that it replaces, when that one's definition came to life
   */
  public static RunId definition(String hash, long oldOid) {
    return new RunId(
        Trigger.Definition, hash.substring(0, Math.min(16, hash.length())) + "-over-" + oldOid);
  }

  @Override
  public String toString() {
    return trigger + "/" + key;
  }

  private static String sha256(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(Digest.sha256().digest(bytes));
  }
}
