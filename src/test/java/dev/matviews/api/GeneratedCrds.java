package dev.matviews.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewRefresh;
import dev.matviews.api.v1alpha1.PostgresConnection;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** The custom resource definitions as the records say, each finished by {@link CrdFinish}. */
final class GeneratedCrds {

  private static final List<Class<? extends HasMetadata>> KINDS =
      List.of(MaterializedView.class, PostgresConnection.class, MaterializedViewRefresh.class);

  private GeneratedCrds() {}

  static List<ObjectNode> all() {
    return KINDS.stream().map(GeneratedCrds::of).toList();
  }

  private static ObjectNode of(Class<? extends HasMetadata> kind) {
    var models = new ArrayList<HasMetadata>();
    new CRDGenerator()
        .customResourceClasses(List.of(kind))
        .forCRDVersions("v1")
        .withPostProcessor(
            new CRDPostProcessor() {
              @Override
              public HasMetadata process(HasMetadata crd, String version) {
                models.add(crd);
                return crd;
              }
            })
        .withOutput(new Nowhere())
        .generate();
    ObjectNode crd = new ObjectMapper().valueToTree(models.get(0));
    CrdFinish.finish(crd, kind);
    return crd;
  }

  /** The generator wants to write; only its model is of use here. */
  private static final class Nowhere extends CRDGenerator.AbstractCRDOutput<OutputStream> {
    @Override
    protected OutputStream createStreamFor(String crd) {
      return OutputStream.nullOutputStream();
    }
  }
}
