package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.refresh.RunId;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a line of the log is about")
class AboutTest {

  private static final ResourceID VIEW = new ResourceID("leaderboard", "shop");

  @Test
  @DisplayName("stands before it")
  void stands() {
    assertThat(About.view(VIEW).says("ready")).isEqualTo("shop/leaderboard: ready");
    assertThat(About.run(VIEW, RunId.request("now")).says("succeeded"))
        .isEqualTo("shop/leaderboard: Request/now: succeeded");
  }

  @Test
  @DisplayName("cannot make another line of it, nor hide a part of one")
  void oneLine() {
    String text =
        "a\n2026-11-28 20:00:00,000 INFO\r\u0085\u2028\u2029\u202e\u001b[2Kb \uD83D\uDE00 ä";
    assertThat(About.run(VIEW, RunId.request("x\u009by")).says(text))
        .isEqualTo(
            "shop/leaderboard: Request/x?y: a?2026-11-28 20:00:00,000 INFO??????[2Kb \uD83D\uDE00 ä");
  }

  @Test
  @DisplayName("is known on the thread that does the work, and forgotten after it")
  void fields() {
    List<Map<String, Object>> seen = new ArrayList<>();
    MDC.put("resource.name", "inherited");
    MDC.put("resource.uid", "inherited");
    About.run(VIEW, RunId.request("now")).on(() -> seen.add(MDC.getMap())).run();
    assertThat(seen)
        .containsExactly(
            Map.of(
                "resource.kind", "MaterializedView",
                "resource.namespace", "shop",
                "resource.name", "leaderboard",
                "run", "Request/now"));
    assertThat(MDC.getMap()).isEmpty();
  }

  @Test
  @DisplayName("names no run where it is about none, whatever its thread has inherited")
  void inheritedRun() {
    MDC.put("run", "Request/inherited");
    List<String> runs = new ArrayList<>();
    Handler handler = handler(record -> runs.add(String.valueOf(MDC.get("run"))));
    java.util.logging.Logger category = java.util.logging.Logger.getLogger("AboutTest");
    category.addHandler(handler);
    try {
      About.view(VIEW).info(Logger.getLogger("AboutTest"), "ready");
    } finally {
      category.removeHandler(handler);
    }
    assertThat(runs).containsExactly("null");
    assertThat(MDC.get("run")).isEqualTo("Request/inherited");
    MDC.clear();
  }

  private static Handler handler(Consumer<LogRecord> publish) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        publish.accept(record);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }
}
