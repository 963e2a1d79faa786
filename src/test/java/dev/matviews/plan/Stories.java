package dev.matviews.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.domains.DomainContextBase;

/**
 * What may happen to a view: edits of its spec, passes that are cut short, other people's hands.
 */
class Stories extends DomainContextBase {

  private static final Claim OLDER = new Claim("default", "team", "older");
  private static final List<String> QUERIES = List.of("SELECT 1", "SELECT 2", "SELECT *");

  /** Something that happens between or in passes. */
  interface Happening {
    void to(PretendDatabase database, Wish wish);
  }

  /** A spec, and what happened while it held. */
  record Chapter(Wish wish, List<Happening> happenings) {}

  /** A spec; one that only refreshes the view has no use for the rest. */
  record Wish(Desired desired, boolean managed) {

    Plan plan(PretendDatabase database) {
      ObservedView seen = database.observe(desired.definition().claim());
      if (!managed) {
        return Registration.plan(desired.name(), desired.definition().claim(), seen);
      }
      return Planner.plan(
          desired,
          seen,
          Planner.needsProbe(desired, seen)
              ? database.probe(desired.definition())
              : new Probe.NotNeeded());
    }

    Wish approving(String hash) {
      Policies p = desired.policies();
      return new Wish(
          new Desired(
              desired.definition(),
              desired.attributes(),
              new Policies(p.changeNeedsApproval(), p.adoptAlways(), p.correctDrift(), hash)),
          managed);
    }
  }

  @Provide
  Arbitrary<List<Chapter>> stories() {
    return Combinators.combine(wishes(), happenings().list().ofMaxSize(6))
        .as(Chapter::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(5);
  }

  private static Arbitrary<Wish> wishes() {
    return Combinators.combine(
            definitions(),
            attributes(),
            policies(),
            Arbitraries.frequency(Tuple.of(7, true), Tuple.of(1, false)))
        .as(
            (definition, attributes, policies, managed) ->
                new Wish(new Desired(definition, attributes, policies), managed));
  }

  private static Arbitrary<ViewDefinition> definitions() {
    return Combinators.combine(
            Arbitraries.frequency(Tuple.of(5, World.US), Tuple.of(1, OLDER)),
            Arbitraries.of(QUERIES),
            Arbitraries.frequency(Tuple.of(3, "UTC"), Tuple.of(1, "Asia/Tokyo")),
            indexes().set().ofMaxSize(3).uniqueElements(Index::name))
        .as(
            (claim, query, zone, indexes) ->
                new ViewDefinition(
                    World.NAME, claim, query, List.of("app"), zone, List.copyOf(indexes)));
  }

  private static Arbitrary<Index> indexes() {
    Arbitrary<List<String>> columns =
        Arbitraries.of(List.of("a"), List.of("a", "b"), List.of("b", "a"));
    return Combinators.combine(
            Arbitraries.of("one", "two", "three"), Arbitraries.of(true, false), columns)
        .as(Index::of);
  }

  private static Arbitrary<Attributes> attributes() {
    return Combinators.combine(
            Arbitraries.of("app", "reader").injectNull(0.5),
            grants().list().ofMaxSize(2).uniqueElements(Grant::role),
            Arbitraries.of("said", "more", "").injectNull(0.5),
            Arbitraries.of("fast", "slow").injectNull(0.7),
            Arbitraries.of(
                Map.<String, String>of(), Map.of("fillfactor", "70"), Map.of("fillfactor", "80")))
        .as(Attributes::new);
  }

  private static Arbitrary<Grant> grants() {
    return Combinators.combine(
            Arbitraries.of("reader", "app", Grant.PUBLIC),
            Arbitraries.of(Set.of("SELECT"), Set.of("SELECT", "TRIGGER")),
            Arbitraries.of(true, false))
        .as(Grant::new);
  }

  private static Arbitrary<Policies> policies() {
    Arbitrary<Boolean> seldom = Arbitraries.frequency(Tuple.of(3, false), Tuple.of(1, true));
    return Combinators.combine(seldom, Arbitraries.of(true, false), Arbitraries.of(true, false))
        .as((ask, adopt, correct) -> new Policies(ask, adopt, correct, null));
  }

  private static Arbitrary<Happening> happenings() {
    return Arbitraries.frequencyOf(
        Tuple.of(5, passes()),
        Tuple.of(2, handsOnIndexes()),
        Tuple.of(2, handsOnAttributes()),
        Tuple.of(2, handsOnTheView()));
  }

  /**
   * A pass that is cut short after some transactions, perhaps in the middle of the next one; its
   * sources may have changed since it looked.
   */
  private static Arbitrary<Happening> passes() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 6), Arbitraries.of(true, false), handsOnSources())
        .as(
            (whole, half, meanwhile) ->
                (database, wish) -> {
                  if (wish.plan(database) instanceof Plan.Steps plan) {
                    meanwhile.accept(database);
                    List<List<Step>> transactions = transactions(plan.steps());
                    transactions.stream()
                        .limit(whole)
                        .flatMap(List::stream)
                        .forEach(database::apply);
                    if (half && whole < transactions.size()) {
                      database.applyHalf(transactions.get(whole).get(0));
                    }
                  }
                });
  }

  private static Arbitrary<Consumer<PretendDatabase>> handsOnSources() {
    return Arbitraries.frequency(
        Tuple.of(4, database -> {}),
        Tuple.of(1, PretendDatabase::addSourceColumn),
        Tuple.of(1, PretendDatabase::replaceSource));
  }

  /** Short steps next to each other are one. */
  private static List<List<Step>> transactions(List<Step> steps) {
    List<List<Step>> transactions = new ArrayList<>();
    boolean open = false;
    for (Step step : steps) {
      if (!open || step.growsWithData()) {
        transactions.add(new ArrayList<>());
      }
      transactions.get(transactions.size() - 1).add(step);
      open = !step.growsWithData();
    }
    return transactions;
  }

  private static Arbitrary<Happening> handsOnIndexes() {
    return indexes()
        .flatMap(
            i ->
                Arbitraries.of(
                    List.<Happening>of(
                        (database, wish) -> database.makeIndexByHand(i, true),
                        (database, wish) -> database.makeIndexByHand(i, false),
                        (database, wish) -> database.dropIndexByHand(i.name()),
                        (database, wish) -> database.spoilIndex(i.name()))));
  }

  private static Arbitrary<Happening> handsOnAttributes() {
    return Arbitraries.of("reader", "app", Grant.PUBLIC, PretendAttributes.STRANGER)
        .flatMap(
            role ->
                Arbitraries.of(
                    List.<Consumer<PretendAttributes>>of(
                        attributes -> attributes.grantByHand("", role, true),
                        attributes -> attributes.grantByHand("dba", role, false),
                        attributes -> attributes.revokeByHand(role),
                        attributes -> attributes.own("app"),
                        attributes -> attributes.own("reader"),
                        PretendAttributes::sayByHand,
                        attributes -> attributes.setByHand("fillfactor", "90"),
                        attributes -> attributes.setByHand("autovacuum_enabled", "false"),
                        attributes -> attributes.moveByHand("slow"),
                        attributes -> attributes.moveByHand(null))))
        .map(
            hand ->
                (database, wish) -> {
                  if (database.exists()) {
                    hand.accept(database.attributes);
                  }
                });
  }

  private static Arbitrary<Happening> handsOnTheView() {
    return Arbitraries.of(QUERIES)
        .flatMap(
            query ->
                Arbitraries.of(
                    List.<Happening>of(
                        (database, wish) -> database.fill(),
                        (database, wish) -> database.fill(),
                        (database, wish) -> database.dropByHand(),
                        (database, wish) -> database.makeByHand(query),
                        (database, wish) -> {
                          database.dropByHand();
                          database.makeByHand(query);
                        },
                        (database, wish) -> database.upgradeServer(),
                        (database, wish) -> database.addSourceColumn(),
                        (database, wish) -> database.replaceSource(),
                        (database, wish) -> database.standOnIt(true),
                        (database, wish) -> database.standOnIt(false),
                        (database, wish) -> database.delete(OLDER),
                        (database, wish) -> database.delete(World.US))));
  }
}
