package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.LOCK_TIMEOUT;
import static dev.matviews.postgres.TestViews.claim;
import static dev.matviews.postgres.TestViews.converge;
import static dev.matviews.postgres.TestViews.plan;
import static dev.matviews.postgres.TestViews.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.matviews.plan.Attributes;
import dev.matviews.plan.Claim;
import dev.matviews.plan.Desired;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Policies;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Registration;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.RunOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The recipes of docs/roles.md, word for word, in a database where PUBLIC may do nothing: each is
 * enough, and not with a line less.
 */
class RolesTest {

  private static final String OWNER = "shop_views";
  private static final QualifiedName TURNOVER = new QualifiedName("reports", "turnover");
  private static final QualifiedName SALES = new QualifiedName("reports", "sales");
  private static final Claim CLAIM = claim("reports");

  @RegisterExtension final TestDatabase shared = new TestDatabase();

  @Test
  void anOwnerOfTheViewsIsEnoughOnPostgres16AndNewer() {
    assumeThat(shared.major()).as("WITH INHERIT, SET").isGreaterThanOrEqualTo(16);
    enoughAndNoMore(
        statements("The roles: PostgreSQL 16 and newer", "Their rights"), RolesTest::liveAsAnOwner);
  }

  @Test
  void anOwnerOfTheViewsIsEnoughOnPostgres15() {
    assumeThat(shared.major()).as("inheritance belongs to the role that logs in").isEqualTo(15);
    enoughAndNoMore(
        statements("The roles: PostgreSQL 15", "Their rights"), RolesTest::liveAsAnOwner);
  }

  @Test
  void maintainIsEnoughToRefreshOnPostgres17AndNewer() {
    assumeThat(shared.major()).as("MAINTAIN").isGreaterThanOrEqualTo(17);
    enoughAndNoMore(
        statements("To refresh views of others: PostgreSQL 17 and newer"),
        RolesTest::liveAsARefresher);
  }

  private void enoughAndNoMore(List<String> recipe, Consumer<Shop> life) {
    assertThat(recipe).hasSizeGreaterThan(5);
    tried(recipe, life);
    for (String line : recipe) {
      List<String> less = new ArrayList<>(recipe);
      less.remove(line);
      assertThatThrownBy(() -> tried(less, life), "without %s", line).isNotNull();
    }
  }

  private void tried(List<String> recipe, Consumer<Shop> life) {
    try (Shop shop = Shop.open(shared.server())) {
      shop.asAdmin(recipe);
      life.accept(shop);
    }
  }

  private static void liveAsAnOwner(Shop shop) {
    assertThat(shop.mayRead("matviews", "sales.orders")).isFalse();
    String identity;
    try (Database operated = shop.operatedAs("matviews")) {
      identity = operated.server().identity();
      converge(operated, owned("SELECT id, price FROM sales.orders"));
      for (Mode mode : List.of(Mode.Standard, Mode.Concurrent)) {
        refreshed(operated, SALES, mode);
      }
      shop.asAdmin(
          List.of("SET ROLE shop_app", "CREATE TABLE sales.returns AS SELECT 2 AS id, 5 AS price"));
      Desired changed = owned("SELECT id, price FROM sales.orders UNION TABLE sales.returns");
      converge(operated, changed);
      assertThat(plan(operated, changed)).isEqualTo(new Plan.Steps(List.of()));
      assertThat(operated.observe(SALES).view().relation().orElseThrow().owner()).isEqualTo(OWNER);
    }
    Drop drop =
        new Drop(
            shop.address("matviews"),
            identity,
            TestDatabase.BOOKKEEPING,
            SALES,
            CLAIM,
            LOCK_TIMEOUT);
    assertThat(drop.execute()).isEqualTo(new Drop.Outcome.Gone());
  }

  private static void liveAsARefresher(Shop shop) {
    assertThat(shop.mayRead("refresher", "reports.turnover")).isFalse();
    try (Database operated = shop.operatedAs("refresher")) {
      Plan plan = Registration.plan(TURNOVER, CLAIM, operated.observe(TURNOVER).view());
      assertThat(plan).isInstanceOf(Plan.Steps.class);
      operated.apply(TURNOVER, ((Plan.Steps) plan).steps());
      for (Mode mode : List.of(Mode.Standard, Mode.Concurrent)) {
        refreshed(operated, TURNOVER, mode);
      }
    }
  }

  private static Desired owned(String sql) {
    return new Desired(
        new ViewDefinition(
            SALES, CLAIM, sql, List.of("reports"), "UTC", List.of(unique("sales_id", "id"))),
        new Attributes(OWNER, List.of(), null, null, Map.of()),
        Policies.DEFAULT);
  }

  private static void refreshed(Database operated, QualifiedName view, Mode mode) {
    RefreshOrder order =
        new RefreshOrder(
            view,
            RunId.request(mode.name()),
            Instant.now(),
            new ModeChoice(mode, null, "the test asks for it", false),
            null,
            List.of("reports"),
            "UTC",
            TestViews.LONG,
            LOCK_TIMEOUT,
            RunOptions.DEFAULT,
            null);
    operated.refresh(order).execute();
    Run run = operated.observe(view).refresh().lastRun().orElseThrow();
    assertThat(run.result()).as(run.message()).isEqualTo(Run.Result.Succeeded);
  }

  /** Of the blocks below these headings, without the comments between them. */
  private static List<String> statements(String... headings) {
    List<String> statements = new ArrayList<>();
    for (String heading : headings) {
      Matcher block =
          Pattern.compile("(?ms)^#+ " + Pattern.quote(heading) + "$[^#]*?^```sql\n(.*?)^```$")
              .matcher(page());
      assertThat(block.find()).as(heading).isTrue();
      for (String statement : block.group(1).split("(?<=;)", -1)) {
        if (statement.endsWith(";")) {
          statements.add(statement);
        }
      }
    }
    return statements;
  }

  private static String page() {
    try {
      return Files.readString(Path.of("docs", "roles.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
