package dev.matviews.plan;

import dev.matviews.plan.ObservedAttributes.Privilege;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Brings about what a spec declares, and takes back what it declared last and no longer does. What
 * it never declared is somebody else's: an owner, a comment or a grant made by hand stays.
 *
 * <p>An owner or a tablespace that leaves the spec stays as well, since nothing says where to.
 */
final class AttributePlan {

  private final QualifiedName view;
  private final Attributes desired;
  private final Attributes last;
  private final ObservedAttributes observed;

  AttributePlan(
      QualifiedName view, Attributes desired, Attributes last, ObservedAttributes observed) {
    this.view = view;
    this.desired = desired;
    this.last = last;
    this.observed = observed;
  }

  /** Of a view that was only now made, by the owner that it is to have. */
  static List<Step> ofNew(QualifiedName view, Attributes desired) {
    String owner = desired.owner();
    ObservedAttributes nothing =
        new ObservedAttributes(
            owner == null ? "" : owner, null, desired.tablespace(), Map.of(), List.of());
    return new AttributePlan(view, desired, Attributes.NONE, nothing).steps();
  }

  /** The owner goes first: privileges are granted by the owner, and change hands with it. */
  List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    addOwner(steps);
    desired.grants().forEach(grant -> addMissing(steps, grant));
    last.grants().forEach(grant -> addSurplus(steps, grant));
    addComment(steps);
    addParameters(steps);
    return steps;
  }

  private void addOwner(List<Step> steps) {
    String owner = desired.owner();
    if (owner != null && !owner.equals(observed.owner())) {
      steps.add(new Step.SetOwner(view, owner));
    }
  }

  /** An owner has every privilege without a grant. */
  private void addMissing(List<Step> steps, Grant grant) {
    if (grant.role().equals(owner())) {
      return;
    }
    Set<String> missing =
        grant.privileges().stream()
            .filter(p -> !has(grant.role(), p, o -> o.grantable() || !grant.withGrantOption()))
            .collect(Collectors.toSet());
    if (!missing.isEmpty()) {
      steps.add(
          new Step.GrantPrivileges(
              view, new Grant(grant.role(), missing, grant.withGrantOption())));
    }
  }

  /** What was granted to the present owner is its own since, and would be taken from it. */
  private void addSurplus(List<Step> steps, Grant given) {
    if (given.role().equals(owner())) {
      return;
    }
    Grant still =
        desired.grants().stream()
            .filter(g -> g.role().equals(given.role()))
            .findFirst()
            .orElse(new Grant(given.role(), Set.of(), false));
    boolean mayStillPassOn = !given.withGrantOption() || still.withGrantOption();
    revoke(steps, given, false, p -> !still.privileges().contains(p), Privilege::byOwner);
    revoke(
        steps,
        given,
        true,
        p -> !mayStillPassOn && still.privileges().contains(p),
        o -> o.byOwner() && o.grantable());
  }

  private void revoke(
      List<Step> steps,
      Grant given,
      boolean grantOptionOnly,
      Predicate<String> surplus,
      Predicate<Privilege> held) {
    Set<String> found =
        given.privileges().stream()
            .filter(surplus)
            .filter(p -> has(given.role(), p, held))
            .collect(Collectors.toSet());
    if (!found.isEmpty()) {
      steps.add(new Step.RevokePrivileges(view, given.role(), found, grantOptionOnly));
    }
  }

  private boolean has(String role, String privilege, Predicate<Privilege> how) {
    return observed.privileges().stream()
        .filter(o -> o.role().equals(role) && o.privilege().equals(privilege))
        .anyMatch(how);
  }

  private String owner() {
    return Objects.requireNonNullElse(desired.owner(), observed.owner());
  }

  /** PostgreSQL keeps no empty comment. */
  private void addComment(List<Step> steps) {
    String wanted = desired.comment();
    String there = Objects.requireNonNullElse(observed.comment(), "");
    boolean takenBack = wanted == null && !there.isEmpty() && there.equals(last.comment());
    if (takenBack || (wanted != null && !wanted.equals(there))) {
      steps.add(new Step.SetComment(view, wanted));
    }
  }

  private void addParameters(List<Step> steps) {
    Map<String, String> missing =
        desired.parameters().entrySet().stream()
            .filter(p -> !p.getValue().equals(observed.parameters().get(p.getKey())))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    if (!missing.isEmpty()) {
      steps.add(new Step.SetParameters(view, missing));
    }
    Set<String> surplus =
        last.parameters().entrySet().stream()
            .filter(p -> !desired.parameters().containsKey(p.getKey()))
            .filter(p -> p.getValue().equals(observed.parameters().get(p.getKey())))
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    if (!surplus.isEmpty()) {
      steps.add(new Step.ResetParameters(view, surplus));
    }
  }
}
