package dev.matviews.playground;

/**
 * A version that the user names is taken exactly; without one, any patch of the tested release will
 * do, since not every patch can be downloaded.
 */
record WantedVersion(KubernetesVersion version, boolean exact) {

  static final String VARIABLE = "MATVIEWS_KUBERNETES_VERSION";
  static final KubernetesVersion TESTED = new KubernetesVersion(1, 36, 3);

  static WantedVersion ofEnvironment() {
    String chosen = System.getenv(VARIABLE);
    return chosen == null || chosen.isBlank()
        ? new WantedVersion(TESTED, false)
        : new WantedVersion(KubernetesVersion.parse(chosen.trim()), true);
  }
}
