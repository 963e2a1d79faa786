package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.ObservedStatus;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WakeFilterTest {

  @ParameterizedTest(name = "{0}: {3}")
  @DisplayName("spec and requests are for the reconciler, all else is not")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nothing                     | {generation: 1}                                                    | {generation: 1}                                                    | sleeps
          the spec was edited         | {generation: 1}                                                    | {generation: 2}                                                    | wakes
          a request                   | {generation: 1}                                                    | {annotations: {matviews.dev/refresh-requested-at: one}}            | wakes
          an empty request            | {generation: 1}                                                    | {annotations: {matviews.dev/refresh-requested-at: ''}}             | wakes
          another request             | {annotations: {matviews.dev/refresh-requested-at: one}}            | {annotations: {matviews.dev/refresh-requested-at: two}}            | wakes
          the same request            | {annotations: {matviews.dev/refresh-requested-at: one}}            | {annotations: {matviews.dev/refresh-requested-at: one, other: x}}  | sleeps
          an approval                 | {generation: 1}                                                    | {annotations: {matviews.dev/approved-change: 0a1b}}                | wakes
          deletion that others hold up| {generation: 1}                                                    | {deletionTimestamp: '2026-01-05T10:00:00Z'}                        | sleeps
          a status was written        | {resourceVersion: '1'}                                             | {resourceVersion: '2'}                                             | sleeps
          the finalizer was taken off | {finalizers: [matviews.dev/drop-view]}                             | {generation: 1}                                                    | wakes
          the finalizer was put on    | {generation: 1}                                                    | {finalizers: [matviews.dev/drop-view]}                             | sleeps
          another finalizer goes      | {finalizers: [foregroundDeletion]}                                 | {generation: 1}                                                    | sleeps
          another annotation          | {generation: 1}                                                    | {annotations: {argocd.argoproj.io/tracking-id: x}}                 | sleeps
          a label                     | {generation: 1}                                                    | {labels: {a: b}}                                                   | sleeps
          """)
  void wakes(String sentence, String before, String now, String outcome) {
    boolean accepted = new WakeFilter().accept(Manifests.view(now, ""), Manifests.view(before, ""));
    assertThat(accepted ? "wakes" : "sleeps").isEqualTo(outcome);
  }

  @Test
  @DisplayName("a status that somebody has deleted is filled again, one that is new is our own")
  void deletedStatus() {
    MaterializedView with = Manifests.view("{generation: 1}", "");
    with.setStatus(new MaterializedViewStatus(1, List.of()));
    MaterializedView without = Manifests.view("{generation: 1}", "");
    assertThat(new WakeFilter().accept(without, with)).isTrue();
    assertThat(new WakeFilter().accept(with, without)).isFalse();
    MaterializedView filledIn = Manifests.view("{generation: 1}", "");
    filledIn.setStatus(new MaterializedViewStatus(ObservedStatus.NOBODY_HAS_LOOKED, List.of()));
    assertThat(new WakeFilter().accept(filledIn, with)).isTrue();
    assertThat(new WakeFilter().accept(with, filledIn)).isFalse();
  }
}
