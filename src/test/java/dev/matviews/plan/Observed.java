package dev.matviews.plan;

import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import java.util.List;
import java.util.Map;

/** What a look at a view could have shown, with nothing unusual but what a test names. */
public final class Observed {

  private static final String SOURCE_COLUMNS = "columns";

  private Observed() {}

  public static Relation relation(
      long oid,
      String kind,
      String owner,
      boolean actsAsOwner,
      boolean populated,
      String fingerprint,
      long rows,
      long bytes,
      List<String> unpopulatedSources,
      List<ObservedIndex> indexes) {
    return new Relation(
        oid,
        kind,
        new ObservedAttributes(owner, null, null, Map.of(), List.of()),
        actsAsOwner,
        false,
        populated,
        new StoredQuery(fingerprint, SOURCE_COLUMNS),
        rows,
        bytes,
        List.of(),
        false,
        unpopulatedSources,
        List.of(),
        List.of(),
        indexes,
        new Standing(true, Standing.OnTop.Nothing, false));
  }

  /** The same with something on top that no swap gets past. */
  public static Relation underOthers(Relation r) {
    return new Relation(
        r.oid(),
        r.kind(),
        r.attributes(),
        r.actsAsOwner(),
        r.maintainable(),
        r.populated(),
        r.storedQuery(),
        r.rows(),
        r.bytes(),
        r.sources(),
        r.readsReplaced(),
        r.unpopulatedSources(),
        r.unreadableSources(),
        r.dependents(),
        r.indexes(),
        new Standing(true, Standing.OnTop.Others, false));
  }

  public static ViewRecord record(
      Claim claim, String hash, String fingerprint, List<RecordedIndex> indexes) {
    return new ViewRecord(
        claim,
        false,
        hash,
        "UTC",
        new StoredQuery(fingerprint, SOURCE_COLUMNS),
        indexes,
        Attributes.NONE,
        List.of(),
        List.of(),
        List.of());
  }
}
