package dev.matviews.scenario;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Resource;

/** A policy by which the API server refuses writes in one namespace, some time after it is made. */
final class Denial implements AutoCloseable {

  private static final String POLICY =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: denied-in-%1$s}
      spec:
        matchConstraints:
          namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
          resourceRules:
            - apiGroups: [matviews.dev]
              apiVersions: ["*"]
              operations: [UPDATE]
              resources: [%2$s]
        validations: [{expression: "false"}]
      """;
  private static final String BINDING =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: denied-in-%1$s}
      spec: {policyName: denied-in-%1$s, validationActions: [Deny]}
      """;

  private final Resource<? extends HasMetadata> policy;
  private final Resource<? extends HasMetadata> binding;

  /**
   * Not yet made.
   *
   * @param resource as "materializedviews/status"
   */
  Denial(Tenant tenant, String resource) {
    policy = tenant.client().resource(POLICY.formatted(tenant.namespace(), resource));
    binding = tenant.client().resource(BINDING.formatted(tenant.namespace()));
  }

  void begin() {
    policy.create();
    binding.create();
  }

  @Override
  public void close() {
    binding.delete();
    policy.delete();
  }
}
