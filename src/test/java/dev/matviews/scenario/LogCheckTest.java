package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("In the operator's log")
class LogCheckTest {

  private static final String TIME = "2026-11-28 19:48:04,825 ";

  private final Path log;
  private LogCheck check;

  @SuppressWarnings("NullAway.Init") // set before the test
  LogCheckTest(@TempDir Path folder) {
    log = folder.resolve("operator.log");
  }

  @BeforeEach
  void begin() throws IOException {
    Files.writeString(log, TIME + "ERROR [c] (t) before the test\n");
    check = LogCheck.fromNow(log);
  }

  private List<String> unexpected(String text, String... expected) throws IOException {
    Files.writeString(log, text, StandardOpenOption.APPEND);
    return check.unexpected(Set.of("tenant-7"), List.of(expected));
  }

  @Test
  @DisplayName("warnings and errors since the test began are found, and nothing else")
  void levels() throws IOException {
    String text =
        """
        %1$sINFO  [c] (t) an ERROR in a text
        %1$sWARN  [c] (t) one
        %1$sERROR [c] (t) two
        """
            .formatted(TIME);
    assertThat(unexpected(text))
        .containsExactly(TIME + "WARN  [c] (t) one", TIME + "ERROR [c] (t) two");
  }

  @Test
  @DisplayName("a stack trace is found at any level, with the line that it belongs to")
  void stackTraces() throws IOException {
    String entry = TIME + "INFO  [c] (t) oh\njava.lang.Error: x\n\tat a.B.c(B.java:1)";
    assertThat(unexpected(entry + "\n" + TIME + "INFO  [c] (t) fine\n")).containsExactly(entry);
  }

  @Test
  @DisplayName("what was announced is all right, and what is about others only")
  void announcedAndForeign() throws IOException {
    String text =
        """
        %1$sWARN  [c] (t) The clock was set by PT1H
        %1$sERROR [c] (t) tenant-70/v: late
        %1$sERROR [c] (t) tenant-7/v: ours
        """
            .formatted(TIME);
    assertThat(unexpected(text, "The clock was set"))
        .containsExactly(TIME + "ERROR [c] (t) tenant-7/v: ours");
  }
}
