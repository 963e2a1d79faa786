package dev.matviews.scenario;

import dev.matviews.playground.AuditTrail;
import dev.matviews.playground.AuditTrail.Request;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Predicate;

/** Status writes of views and reads of Secrets, by the API server's own account. */
record AuditLog(AuditTrail trail) {

  private static final String RULES =
      """
      - level: Metadata
        verbs: [update, patch]
        resources: [{group: matviews.dev, resources: [materializedviews/status]}]
      - level: Metadata
        verbs: [get]
        resources: [{group: "", resources: [secrets]}]
      - level: None
      """;

  static AuditLog in(Path folder) {
    return new AuditLog(new AuditTrail(folder, RULES));
  }

  /** The flags of an API server that keeps it. */
  String[] flags() {
    return trail.flags();
  }

  /** How often a view's status was to be written. */
  long statusWrites(Tenant tenant, String view, Instant from, Instant until) {
    return trail.count(
        of("materializedviews", tenant, view).and(write -> write.isWithin(from, until)));
  }

  /** How often an account, by the end of its name, has asked for a Secret. */
  long readsOfSecret(Tenant tenant, String name, String account) {
    return trail.count(of("secrets", tenant, name).and(read -> read.user().endsWith(account)));
  }

  private static Predicate<Request> of(String resource, Tenant tenant, String name) {
    return request ->
        request.resource().equals(resource)
            && request.namespace().equals(tenant.namespace())
            && request.name().equals(name);
  }
}
