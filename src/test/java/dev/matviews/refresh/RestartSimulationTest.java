package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

/**
 * An operator that is killed and restarted at random while 200 slots pass. It keeps nothing but
 * what {@link PretendBookkeeping} holds.
 */
class RestartSimulationTest {

  private static final Instant BEGIN = Instant.parse("2026-01-05T00:00:00Z");
  private static final int SLOTS = 200;

  @Property(tries = 300)
  @Label("each of 200 slots ends once, and only a newer one that was due may take its place")
  void everySlotEndsOnce(@ForAll long seed, @ForAll boolean deadline) {
    Simulation simulation = new Simulation(new Random(seed), deadline ? 25 : 0);
    simulation.run();
    simulation.assertEverySlotIsAccountedFor();
  }

  /** One life of a view under {@code every 10s}. */
  private static final class Simulation {

    private final Random random;
    private final RefreshPolicy policy;
    private final Schedule schedule;
    private final PretendBookkeeping database = new PretendBookkeeping();
    private final Set<Instant> passedOver = new HashSet<>();
    private Instant now = BEGIN.plusMillis(1);
    private String request = "none";
    private int decisionsAtOnce;

    Simulation(Random random, int deadlineSeconds) {
      this.random = random;
      String deadline = deadlineSeconds == 0 ? "" : " deadline %ds".formatted(deadlineSeconds);
      policy = DecisionTables.policy("every 10s" + deadline);
      schedule = policy.schedule().orElseThrow();
    }

    void run() {
      Instant end = BEGIN.plusSeconds(10L * SLOTS);
      while (now.isBefore(end)) {
        look(true);
      }
      // At the end nothing gets in the way any more.
      now = end.plusSeconds(5);
      while (!isIdle()) {
        look(false);
      }
    }

    private RefreshDecision decide() {
      return RefreshDecision.decide(
          policy,
          DecisionTables.view(16400, database.populated(), List.of()),
          database.state(),
          new Demand(request, List.of(), Upstreams.NONE, false),
          now);
    }

    private boolean isIdle() {
      return decide() instanceof RefreshDecision.Wait
          && database.state().settledUntil() != null
          && schedule.latest(settled(), now).isEmpty();
    }

    private void look(boolean trouble) {
      RefreshDecision decision = decide();
      decisionsAtOnce++;
      assertThat(decisionsAtOnce).as("decisions at %s, last %s", now, decision).isLessThan(10);
      if (decision instanceof RefreshDecision.AdoptSchedule adopt) {
        database.adopt(adopt.identity(), now);
      } else if (decision instanceof RefreshDecision.Settle settle) {
        if (settle.id().trigger() == Trigger.Schedule) {
          notePassedOver(settle.due());
        }
        database.settle(settle, now);
      } else if (decision instanceof RefreshDecision.Start start) {
        if (start.id().trigger() == Trigger.Schedule) {
          notePassedOver(start.due());
        }
        carryOut(start, trouble);
      } else if (decision instanceof RefreshDecision.Wait wait) {
        Instant until = wait.until().orElseThrow();
        assertThat(until).as("a wait ends later").isAfter(now);
        sleep(until, trouble);
      }
    }

    /** Slots between the last that was dealt with and this one: it is their one catch-up. */
    private void notePassedOver(Instant due) {
      for (Instant slot = schedule.next(settled());
          slot.isBefore(due);
          slot = schedule.next(slot)) {
        assertThat(schedule.next(slot))
            .as("what took the place of %s", slot)
            .isBeforeOrEqualTo(now);
        passedOver.add(slot);
      }
    }

    private Instant settled() {
      Instant until = database.state().settledUntil();
      return until == null ? now : until;
    }

    private void carryOut(RefreshDecision.Start start, boolean trouble) {
      Instant startedAt = now;
      int fate = trouble ? random.nextInt(10) : 9;
      advance(Duration.ofMillis(1 + random.nextInt(trouble ? 15_000 : 900)));
      switch (fate) {
        case 0 -> restart(); // killed before the commit: nothing is written down
        case 1 -> {
          database.succeeded(start, startedAt, now);
          restart(); // killed right after the commit
        }
        case 2, 3 -> database.failed(start, startedAt, now, Reason.LockTimeout);
        case 4 -> database.failed(start, startedAt, now, Reason.QueryFailed);
        default -> database.succeeded(start, startedAt, now);
      }
    }

    private void sleep(Instant until, boolean trouble) {
      int fate = trouble ? random.nextInt(12) : 11;
      switch (fate) {
        case 0 -> restart();
        case 1 -> {
          long millis = Duration.between(now, until).toMillis();
          advance(Duration.ofMillis(millis <= 1 ? 1 : random.nextInt((int) millis) + 1));
          request = "at " + now;
        }
        case 2 ->
            advance(Duration.between(now, until).plusMillis(random.nextInt(4_000))); // woken late
        default -> advance(Duration.between(now, until));
      }
    }

    private void restart() {
      advance(Duration.ofMillis(1 + random.nextInt(45_000)));
    }

    private void advance(Duration time) {
      now = now.plus(time.isZero() ? Duration.ofMillis(1) : time);
      decisionsAtOnce = 0;
    }

    void assertEverySlotIsAccountedFor() {
      Instant first = schedule.next(database.adoptedAt());
      for (Instant slot = first; !slot.isAfter(now); slot = schedule.next(slot)) {
        boolean ended = database.hasEnded(slot);
        assertThat(ended || passedOver.contains(slot) || database.filledAfter(slot))
            .as("slot %s ended, or gave way to a newer one", slot)
            .isTrue();
      }
      assertThat(database.endedSlots()).as("most slots run").isGreaterThan(SLOTS / 4);
    }
  }
}
