package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.claim;

import dev.matviews.plan.Attributes;
import dev.matviews.plan.Desired;
import dev.matviews.plan.Grant;
import dev.matviews.plan.Index;
import dev.matviews.plan.Policies;
import dev.matviews.plan.ViewDefinition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The spec of view {@code app.v} as somebody edits it, most often into one that can be reached. */
final class RandomSpec {

  private static final List<String> QUERIES =
      List.of(
          "SELECT id, label FROM source",
          "SELECT id, label, amount FROM source",
          "SELECT id, label AS name FROM source",
          "SELECT id::bigint AS id, label FROM source",
          "SELECT id, label FROM source WHERE id > 1",
          "SELECT * FROM source",
          "SELECT s.id, s.label, o.note FROM source s JOIN more.other o ON o.id = s.id",
          "SELECT id, note AS label FROM more.other",
          "SELECT id, label, at::date AS day FROM source",
          "SELECT id, label FROM below");

  private final Random random;
  private final List<String> owners;
  private final String reader;
  private String sql = QUERIES.get(0);
  private List<String> searchPath = List.of("app");
  private String timeZone = "UTC";
  private List<Index> indexes = List.of();
  private @Nullable String owner;
  private List<Grant> grants = List.of();
  private @Nullable String comment;
  private Map<String, String> parameters = Map.of();
  private Policies policies = Policies.DEFAULT;

  RandomSpec(Random random, List<String> owners, String reader) {
    this.random = random;
    this.owners = owners;
    this.reader = reader;
  }

  Desired desired() {
    return new Desired(
        new ViewDefinition(app("v"), claim("v"), sql, searchPath, timeZone, indexes),
        new Attributes(owner, grants, comment, null, parameters),
        policies);
  }

  /** One field gets another value. */
  String edit() {
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> sql = one(QUERIES);
      case 4 ->
          searchPath = one(List.of(List.of("app"), List.of("more", "app"), List.of("app", "more")));
      case 5 -> timeZone = one(List.of("UTC", "Asia/Tokyo"));
      case 6, 7, 8 -> indexes = someIndexes();
      case 9 -> owner = one(owners);
      case 10 -> {
        grants = someGrants();
        comment = random.nextBoolean() ? null : "comment " + random.nextInt(3);
        parameters =
            random.nextBoolean() ? Map.of() : Map.of("fillfactor", one(List.of("70", "80")));
      }
      default -> policies = new Policies(random.nextBoolean(), true, random.nextBoolean(), null);
    }
    return desired().toString();
  }

  private List<Index> someIndexes() {
    List<Index> all = new ArrayList<>();
    all.add(TestViews.unique("i0", "id"));
    all.add(one(List.of(TestViews.index("i1", "id"), TestViews.unique("i1", "id"))));
    all.add(TestViews.index("i2", one(List.of("label", "id", "nothing"))));
    all.add(
        of("i3", Index.Key.expression(one(List.of("id + 1", "id * 2"))), Index.Method.Btree, null));
    all.add(
        of("i4", Index.Key.column("id"), one(List.of(Index.Method.Hash, Index.Method.Brin)), null));
    all.add(of("i5", Index.Key.column("id"), Index.Method.Btree, one(List.of("id > 1", "id > 2"))));
    Collections.shuffle(all, random);
    return all.subList(0, random.nextInt(4));
  }

  private static Index of(String name, Index.Key key, Index.Method method, @Nullable String where) {
    return new Index(name, false, List.of(key), List.of(), where, method, false, Map.of());
  }

  private List<Grant> someGrants() {
    return random.nextInt(4) == 0
        ? List.of()
        : List.of(
            new Grant(
                one(List.of(reader, Grant.PUBLIC)),
                one(List.of(Set.of("SELECT"), Set.of("SELECT", "REFERENCES"))),
                false));
  }

  /** What a user does who reads that a change waits or that drift is left. */
  void approve(@Nullable String change) {
    policies = new Policies(policies.changeNeedsApproval(), true, change == null, change);
  }

  /** What a user does who reads that the spec is not valid. */
  void simplify() {
    sql = QUERIES.get(0);
    searchPath = List.of("app");
    indexes = indexes.stream().filter(i -> i.name().equals("i0")).toList();
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
