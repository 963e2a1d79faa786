package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.converge;
import static dev.matviews.postgres.TestViews.fill;
import static dev.matviews.postgres.TestViews.plan;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Index;
import dev.matviews.plan.Index.Method;
import dev.matviews.plan.Index.Nulls;
import dev.matviews.plan.Index.Order;
import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the server makes of an index is told from its catalogue alone, whatever the index is. */
class IndexShapeTest {

  private static final Plan NOTHING = new Plan.Steps(List.of());

  private static final String SQL =
      """
      SELECT id, id % 7 AS team, 'label ' || id AS label, id::numeric / 3 AS share,
        to_tsvector('simple', 'word ' || id) AS words, jsonb_build_object('id', id) AS data,
        ARRAY[id, id + 1] AS ids, int4range(id, id + 5) AS span, point(id, id) AS place,
        timestamptz '2026-01-01 00:00 UTC' + id * interval '1 hour' AS at
      FROM generate_series(1, 300) AS id
      """;

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  @SuppressWarnings("NullAway.Init") // set before each test
  IndexShapeTest() {}

  @BeforeEach
  void aDatabase() {
    operated = database.open();
  }

  /** Each differs from all others. */
  static List<Index> kinds() {
    return List.of(
        index(Method.Btree, column("id")),
        unique(false, column("id")),
        unique(true, column("id")),
        index(Method.Btree, column("team"), column("id")),
        index(Method.Btree, column("id"), column("team")),
        index(Method.Btree, key("id", Order.Desc, null, null, null)),
        index(Method.Btree, key("id", Order.Desc, Nulls.Last, null, null)),
        index(Method.Btree, key("id", null, Nulls.First, null, null)),
        index(Method.Btree, key("label", null, null, "text_pattern_ops", null)),
        index(Method.Btree, key("label", null, null, null, "C")),
        index(Method.Btree, key("label", null, null, null, "pg_catalog.POSIX")),
        index(Method.Btree, expression("lower(label)")),
        index(Method.Btree, expression("lower(label || 'x')")),
        index(Method.Btree, expression("id + 1"), column("id")),
        index(Method.Btree, expression("label ~ 'l:location 7'")),
        index(Method.Btree, expression("label ~ 'l:location 8'")),
        include(column("id"), "label"),
        include(column("id"), "team", "label"),
        where("id > 10"),
        where("id > 11"),
        where("id IN (1, 2, 3)"),
        where("at > '2026-01-05'"),
        where("data ? 'id'"),
        parameters(Method.Btree, column("id"), Map.of("fillfactor", "70")),
        parameters(
            Method.Btree, column("id"), Map.of("fillfactor", "70", "deduplicate_items", "off")),
        index(Method.Hash, column("label")),
        index(Method.Gin, column("words")),
        index(Method.Gin, column("data")),
        index(Method.Gin, key("data", null, null, "jsonb_path_ops", null)),
        index(Method.Gin, column("ids")),
        parameters(Method.Gin, column("ids"), Map.of("fastupdate", "off")),
        index(Method.Gist, column("span")),
        index(Method.Gist, column("place")),
        index(Method.Gist, column("words")),
        index(Method.Brin, column("id")),
        parameters(Method.Brin, column("id"), Map.of("pages_per_range", "16")),
        index(Method.Brin, key("at", null, null, "timestamptz_minmax_multi_ops", null)),
        index(Method.Spgist, column("label")),
        index(Method.Spgist, column("place")),
        index(Method.Spgist, column("span")));
  }

  @Test
  void eachKindHasAShapeOfItsOwnAndTheSameOneInTheEnd() {
    ViewDefinition wanted = view("v", SQL, numbered(kinds()));
    Map<String, String> asMade = shapes(converged(wanted));
    assertThat(asMade.values()).hasSize(kinds().size()).doesNotHaveDuplicates();
    assertThat(operated.probe(wanted).indexShapes()).as("on a scratch view").isEqualTo(asMade);

    operated.refresh(TestViews.order("v", "1", Mode.Standard)).execute();
    operated.refresh(TestViews.order("v", "2", Mode.Concurrent)).execute();
    assertThat(shapes(wanted)).as("after refreshes").isEqualTo(asMade);

    wanted.indexes().forEach(i -> database.asRole("DROP INDEX app." + i.name()));
    assertThat(shapes(converged(wanted))).as("built concurrently").isEqualTo(asMade);
    database.asRole("REINDEX TABLE app.v", "VACUUM FULL app.v", "ANALYZE app.v");
    assertThat(shapes(wanted)).as("after upkeep").isEqualTo(asMade);
  }

  static Stream<List<String>> differences() {
    return Stream.of(
        List.of("ALTER INDEX app.i0 SET (fillfactor = 50)"),
        List.of("ALTER MATERIALIZED VIEW app.v RENAME COLUMN id TO ident"),
        List.of("DROP INDEX app.i0", "CREATE INDEX i0 ON app.v (team)"),
        List.of("DROP INDEX app.i0", "CREATE INDEX i0 ON app.v (id) INCLUDE (team)"),
        List.of("DROP INDEX app.i0", "CREATE INDEX i0 ON app.v (id int4_ops, team)"));
  }

  @ParameterizedTest
  @MethodSource("differences")
  void whatSomebodyChangesByHandShows(List<String> changes) {
    ViewDefinition wanted =
        converged(view("v", SQL, numbered(List.of(index(Method.Btree, column("id"))))));
    String before = shapes(wanted).get("i0");
    changes.forEach(database::asRole);
    assertThat(shapes(wanted).get("i0")).isNotEqualTo(before);
  }

  @Test
  void whatIsNoneOfTheSpecsDoesNotShow() {
    ViewDefinition wanted =
        converged(view("v", SQL, numbered(List.of(index(Method.Btree, expression("id + 1"))))));
    String before = shapes(wanted).get("i0");
    database.asRole(
        "COMMENT ON INDEX app.i0 IS 'theirs'",
        "ALTER INDEX app.i0 ALTER COLUMN 1 SET STATISTICS 500",
        "ALTER MATERIALIZED VIEW app.v CLUSTER ON i0",
        "CREATE INDEX another ON app.v (id)");
    assertThat(shapes(wanted).get("i0")).isEqualTo(before);
  }

  @Test
  void aPlanRightAfterAnApplyIsEmptyForAnyChangeOfAnyIndexes() {
    long seed = Long.getLong("matviews.seed", System.nanoTime());
    Random random = new Random(seed);
    fill(operated, view("v", SQL));
    for (int round = 0; round < 40; round++) {
      ViewDefinition wanted = view("v", SQL, numbered(some(random)));
      converge(operated, wanted);
      assertThat(plan(operated, wanted)).as("seed %d, round %d", seed, round).isEqualTo(NOTHING);
      assertThat(database.rows("SELECT indexname FROM pg_indexes WHERE tablename = 'v'"))
          .as("seed %d, round %d", seed, round)
          .containsExactlyInAnyOrderElementsOf(wanted.indexes().stream().map(Index::name).toList());
      assertThat(shapes(wanted)).isEqualTo(operated.probe(wanted).indexShapes());
    }
  }

  @Test
  void aSpecThatIsPutBackAfterAnEditThatNeverAppliedBuildsNothing() {
    ViewDefinition wanted = view("v", SQL, numbered(kinds()));
    converged(wanted);
    database.asRole("UPDATE matview_operator.views SET indexes = '{}'");
    assertThat(((Plan.Steps) converge(operated, wanted)).steps())
        .singleElement()
        .isInstanceOf(Step.WriteRecord.class);
    assertThat(plan(operated, wanted)).isEqualTo(NOTHING);
  }

  private static List<Index> some(Random random) {
    List<Index> kinds = new ArrayList<>(kinds());
    return IntStream.range(0, random.nextInt(4))
        .mapToObj(i -> kinds.remove(random.nextInt(kinds.size())))
        .toList();
  }

  private static Index[] numbered(List<Index> indexes) {
    return IntStream.range(0, indexes.size())
        .mapToObj(
            n -> {
              Index i = indexes.get(n);
              return new Index(
                  "i" + n,
                  i.unique(),
                  i.keys(),
                  i.include(),
                  i.where(),
                  i.method(),
                  i.nullsNotDistinct(),
                  i.parameters());
            })
        .toArray(Index[]::new);
  }

  private ViewDefinition converged(ViewDefinition wanted) {
    converge(operated, wanted);
    assertThat(plan(operated, wanted)).isEqualTo(NOTHING);
    return wanted;
  }

  private Map<String, String> shapes(ViewDefinition view) {
    return operated
        .observe(app(view.name().name()))
        .view()
        .relation()
        .orElseThrow()
        .indexes()
        .stream()
        .collect(
            Collectors.toMap(ObservedIndex::name, ObservedIndex::shape, (a, b) -> a, TreeMap::new));
  }

  private static Index.Key column(String name) {
    return Index.Key.column(name);
  }

  private static Index.Key expression(String sql) {
    return Index.Key.expression(sql);
  }

  private static Index.Key key(
      String column,
      @Nullable Order order,
      @Nullable Nulls nulls,
      @Nullable String operatorClass,
      @Nullable String collation) {
    return new Index.Key(column, null, order, nulls, operatorClass, collation);
  }

  private static Index index(Method method, Index.Key... keys) {
    return new Index("i", false, List.of(keys), List.of(), null, method, false, Map.of());
  }

  private static Index unique(boolean nullsNotDistinct, Index.Key key) {
    return new Index(
        "i", true, List.of(key), List.of(), null, Method.Btree, nullsNotDistinct, Map.of());
  }

  private static Index include(Index.Key key, String... include) {
    return new Index(
        "i", false, List.of(key), List.of(include), null, Method.Btree, false, Map.of());
  }

  private static Index where(String text) {
    return new Index(
        "i", false, List.of(column("id")), List.of(), text, Method.Btree, false, Map.of());
  }

  private static Index parameters(Method method, Index.Key key, Map<String, String> parameters) {
    return new Index("i", false, List.of(key), List.of(), null, method, false, parameters);
  }
}
