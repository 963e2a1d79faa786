package dev.matviews.playground;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A release of Kubernetes, as in {@code 1.36.3}. */
public record KubernetesVersion(int major, int minor, int patch)
    implements Comparable<KubernetesVersion> {

  private static final Pattern FORM = Pattern.compile("v?(\\d+)\\.(\\d+)\\.(\\d+)");
  private static final Comparator<KubernetesVersion> ORDER =
      Comparator.comparingInt(KubernetesVersion::major)
          .thenComparingInt(KubernetesVersion::minor)
          .thenComparingInt(KubernetesVersion::patch);

  static KubernetesVersion parse(String text) {
    return tryParse(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'" + text + "' is no Kubernetes version; write it as in 1.36.3"));
  }

  static Optional<KubernetesVersion> tryParse(String text) {
    Matcher form = FORM.matcher(text);
    return form.matches()
        ? Optional.of(new KubernetesVersion(part(form, 1), part(form, 2), part(form, 3)))
        : Optional.empty();
  }

  boolean sameMinor(KubernetesVersion other) {
    return major == other.major && minor == other.minor;
  }

  /** The version of the modules that Kubernetes publishes beside itself, such as k8s.io/api. */
  String stagingVersion() {
    return String.format(Locale.ROOT, "v0.%d.%d", minor, patch);
  }

  @Override
  public int compareTo(KubernetesVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d.%d.%d", major, minor, patch);
  }

  private static int part(Matcher form, int group) {
    return Integer.parseInt(form.group(group));
  }
}
