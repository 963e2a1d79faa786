package dev.matviews;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FrameworkVersionTest {

  @Test
  @DisplayName("the Java Operator SDK is the one whose defects are worked around")
  void operatorSdk() {
    assertThat(version("io.javaoperatorsdk", "operator-framework-core", Operator.class))
        .as(
            "StatusWriter writes with the resourceVersion because this release loses a spec edit"
                + " that comes during a status write, and the meter filter in Operations keeps its"
                + " timer alive. With another release, look whether both are still needed and"
                + " whether writing a status still goes the way it was measured")
        .isEqualTo("5.3.2");
  }

  @Test
  @DisplayName("the Kubernetes client is the one whose defects are worked around")
  void kubernetesClient() {
    assertThat(version("io.fabric8", "kubernetes-client-api", KubernetesClient.class))
        .as(
            "this release can have two leaders for a moment, which the fence in the database makes"
                + " harmless, and its elector ends over a lease that it cannot read, which LeaseWatch"
                + " sees. With another release, look whether that and its informers still behave as"
                + " the tests assume")
        .isEqualTo("7.6.1");
  }

  private static String version(String group, String artifact, Class<?> any) {
    String path = "/META-INF/maven/%s/%s/pom.properties".formatted(group, artifact);
    try (InputStream file = any.getResourceAsStream(path)) {
      assertThat(file).as(path).isNotNull();
      Properties properties = new Properties();
      properties.load(file);
      return properties.getProperty("version", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
