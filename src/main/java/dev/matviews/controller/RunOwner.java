package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewRefresh;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import jakarta.enterprise.context.ApplicationScoped;

/** Lets a MaterializedViewRefresh go with its view. */
@ApplicationScoped
public class RunOwner {

  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("matview-operator-owner")
          .withForce(true)
          .build();

  private final KubernetesClient client;

  RunOwner(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Names the view as the owner of the run.
   *
   * @return whether the object that was given is out of date now
   */
  boolean settle(MaterializedViewRefresh run, MaterializedView view) {
    OwnerReference owner =
        new OwnerReferenceBuilder()
            .withApiVersion(view.getApiVersion())
            .withKind(view.getKind())
            .withName(view.getMetadata().getName())
            .withUid(view.getMetadata().getUid())
            .build();
    boolean named =
        run.getMetadata().getOwnerReferences().stream()
            .anyMatch(o -> o.getUid().equals(owner.getUid()));
    if (!named) {
      apply(run, owner);
    }
    return !named;
  }

  /** With the uid, so that it never meets another object of the same name. */
  private void apply(MaterializedViewRefresh run, OwnerReference owner) {
    MaterializedViewRefresh marks = new MaterializedViewRefresh();
    marks.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(run.getMetadata().getNamespace())
            .withName(run.getMetadata().getName())
            .withUid(run.getMetadata().getUid())
            .withOwnerReferences(owner)
            .build());
    client.resource(marks).patch(APPLY);
  }
}
