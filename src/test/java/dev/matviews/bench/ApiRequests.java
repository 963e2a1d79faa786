package dev.matviews.bench;

import dev.matviews.playground.AuditTrail;
import java.nio.file.Path;
import java.time.Instant;

/** What the operator has asked the API server for, by the server's own account. */
record ApiRequests(AuditTrail trail) {

  private static final String RULES =
      """
      - level: Metadata
        users: ["system:serviceaccount:matview-operator:matview-operator"]
      - level: None
      """;

  static ApiRequests in(Path folder) {
    return new ApiRequests(new AuditTrail(folder, RULES));
  }

  /** The flags of an API server that keeps account. */
  String[] flags() {
    return trail.flags();
  }

  long all(Instant from, Instant until) {
    return trail.count(request -> request.isWithin(from, until));
  }

  long statusWrites(Instant from, Instant until) {
    return trail.count(
        request -> request.isWithin(from, until) && request.subresource().equals("status"));
  }
}
