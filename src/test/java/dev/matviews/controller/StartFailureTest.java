package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.MissingCRDException;
import io.javaoperatorsdk.operator.OperatorException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("When the operator cannot start")
class StartFailureTest {

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "0, false",
    "200, true",
    "401, true",
    "403, true",
    "404, true",
    "429, false",
    "500, false",
    "503, false"
  })
  @DisplayName("it waits only for what can pass by itself")
  void answers(int code, boolean answer) {
    assertThat(StartFailure.isAnswer(code)).isEqualTo(answer);
  }

  @ParameterizedTest
  @MethodSource("failures")
  @DisplayName("its log says what is missing and what to do")
  void explained(Throwable cause, String expected) {
    String text = StartFailure.explain(new OperatorException("Error starting operator", cause));
    assertThat(text).contains(expected).doesNotContain("\n").hasSizeLessThan(300);
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(
            new MissingCRDException("materializedviews.matviews.dev", "v1"),
            "CRD materializedviews.matviews.dev is missing"),
        Arguments.of(
            new OperatorException(
                "x", new MissingCRDException("postgresconnections.matviews.dev", "v1")),
            "apply crds/"),
        Arguments.of(
            new OperatorException("x", new KubernetesClientException("no", 403, null)), "HTTP 403"),
        Arguments.of(new IllegalStateException("odd"), "could not start: odd"),
        Arguments.of(new IllegalStateException(), "could not start: IllegalStateException"),
        Arguments.of(new KubernetesClientException("gone away", 0, null), "gone away"));
  }
}
