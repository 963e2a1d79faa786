package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.Probe;
import dev.matviews.plan.Reason;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.postgres.DatabaseException;
import dev.matviews.postgres.Failure;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a scratch view has shown")
class ProbesTest {

  private static final ResourceID VIEW = new ResourceID("board", "team");
  private static final Probe SAME = seen(true);
  private static final Probe OTHER = seen(false);
  private static final Scene SCENE = Scene.filled("");

  @Test
  @DisplayName("is asked for once while nothing has changed")
  void isKept() {
    Probes probes = new Probes();
    assertThat(ask(probes, SCENE, () -> SAME)).isEqualTo(SAME);
    assertThat(ask(probes, SCENE, () -> OTHER)).isEqualTo(SAME);
    assertThat(ask(probes, Scene.filled("sql: SELECT 2"), () -> OTHER)).isEqualTo(OTHER);
  }

  @Test
  @DisplayName("is asked for again after some time")
  void ages() {
    Probes probes = new Probes(Duration.ZERO);
    ask(probes, SCENE, () -> SAME);
    assertThat(ask(probes, SCENE, () -> OTHER)).isEqualTo(OTHER);
  }

  @Test
  @DisplayName("counts for as long as the view is being refreshed, when nobody can look")
  void outlivesARefresh() {
    Probes probes = new Probes(Duration.ZERO);
    assertThatThrownBy(() -> ask(probes, SCENE, refused(Reason.RefreshInProgress)))
        .isInstanceOf(DatabaseException.class);
    ask(probes, SCENE, () -> SAME);
    assertThat(ask(probes, SCENE, refused(Reason.RefreshInProgress))).isEqualTo(SAME);
    assertThat(ask(probes, SCENE, refused(Reason.RefreshInProgress))).isEqualTo(SAME);
    assertThatThrownBy(() -> ask(probes, SCENE, refused(Reason.LockTimeout)))
        .isInstanceOf(DatabaseException.class);
    Scene changed = Scene.filled("sql: SELECT 2");
    assertThatThrownBy(() -> ask(probes, changed, refused(Reason.RefreshInProgress)))
        .isInstanceOf(DatabaseException.class);
  }

  private static Probe ask(Probes probes, Scene scene, Supplier<Probe> scratchView) {
    ViewDefinition wanted = scene.desired().managed().orElseThrow().definition();
    Relation live = scene.relation().orElseThrow();
    return probes.ask(VIEW, wanted, live, scratchView);
  }

  private static Probe seen(boolean same) {
    return new Probe.Seen(same, false, List.of(), Map.of(), List.of(), List.of(), List.of());
  }

  private static Supplier<Probe> refused(Reason reason) {
    return () -> {
      throw new DatabaseException(new Failure(reason, null, "a sentence"));
    };
  }
}
