package dev.matviews.plan;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether a view can be replaced by another one without anybody else losing something. */
final class Replacement {

  /** A message is to stay readable. */
  private static final int MOST_NAMED = 5;

  private Replacement() {}

  static Optional<Plan.Refusal> refusal(QualifiedName view, Probe.Seen seen) {
    return inTheWay(view, seen.dependents())
        .or(() -> misfits(view, seen))
        .or(() -> unrepeatable(view, seen.unreachableGrantors()));
  }

  private static Optional<Plan.Refusal> inTheWay(QualifiedName view, List<Dependent> dependents) {
    List<String> found =
        dependents.stream().filter(Dependent::forbidsRebuild).map(Replacement::described).toList();
    return refusal(
        Reason.DependentsExist,
        found,
        ("%s cannot be replaced while others' objects stand on it: %s; drop them, or leave the"
                + " definition as it is")
            .formatted(view, named(found)));
  }

  private static String described(Dependent dependent) {
    if (dependent.kind() != Dependent.Kind.View) {
      return dependent.description();
    }
    return "%s of role %s, which %s"
        .formatted(
            dependent.description(),
            dependent.owner(),
            dependent.ownerReachable()
                ? "may not CREATE in its schema"
                : "the connecting role may not become");
  }

  /** PostgreSQL lets no view on top lose a column or change its type. */
  private static Optional<Plan.Refusal> misfits(QualifiedName view, Probe.Seen seen) {
    List<String> found =
        seen.dependents().stream()
            .filter(Dependent::moves)
            .flatMap(
                d ->
                    d.columns().stream()
                        .filter(c -> !seen.columns().contains(c))
                        .map(c -> "%s needs %s %s".formatted(d.description(), c.name(), c.type())))
            .toList();
    return refusal(
        Reason.DependentsExist,
        found,
        "the new definition of %s lacks a column or changes its type: %s; keep it, or drop that view"
            .formatted(view, named(found)));
  }

  private static Optional<Plan.Refusal> unrepeatable(QualifiedName view, List<String> grantors) {
    return refusal(
        Reason.PermissionDenied,
        grantors,
        ("grants on %s that were made by role %s would be lost, for only that role can repeat them;"
                + " GRANT it to the connecting role, or have it REVOKE them")
            .formatted(view, named(grantors)));
  }

  private static Optional<Plan.Refusal> refusal(Reason reason, List<String> found, String message) {
    return found.isEmpty() ? Optional.empty() : Optional.of(new Plan.Refusal(reason, message));
  }

  private static String named(List<String> all) {
    Stream<String> first = all.stream().limit(MOST_NAMED);
    int more = all.size() - MOST_NAMED;
    return String.join(
        ", ",
        (more > 0 ? Stream.concat(first, Stream.of("and %d more".formatted(more))) : first)
            .toList());
  }
}
