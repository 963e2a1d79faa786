package dev.matviews.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.ObservedAttributes.Privilege;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a view of {@link PretendDatabase} has beside its rows, and how PostgreSQL changes it. No
 * spec of the test names what other hands give to {@link #STRANGER} or say by {@link #BY_HAND}.
 */
final class PretendAttributes {

  static final String STRANGER = "stranger";
  static final String BY_HAND = "by hand";

  private record Entry(String grantor, String role, String privilege, boolean grantable) {}

  private final Set<Entry> entries = new LinkedHashSet<>();
  private final Map<String, String> parameters = new HashMap<>();
  private String owner = "app";
  private @Nullable String comment;
  private @Nullable String tablespace;

  void made(@Nullable String by, @Nullable String where) {
    entries.clear();
    parameters.clear();
    owner = by == null ? "app" : by;
    comment = null;
    tablespace = where;
  }

  void move(@Nullable String where) {
    tablespace = where == null ? tablespace : where;
  }

  ObservedAttributes observe() {
    List<Privilege> privileges =
        entries.stream()
            .map(
                e ->
                    new Privilege(
                        e.role(), e.privilege(), e.grantable(), e.grantor().equals(owner)))
            .toList();
    return new ObservedAttributes(owner, comment, tablespace, parameters, privileges);
  }

  void apply(Step.OfAttributes step) {
    if (step instanceof Step.SetOwner change) {
      own(change.owner());
    } else if (step instanceof Step.GrantPrivileges grant) {
      grant.grant().privileges().forEach(p -> grant(grant.grant(), p));
    } else if (step instanceof Step.RevokePrivileges revoke) {
      revoke(revoke);
    } else if (step instanceof Step.SetComment say) {
      assertThat(say.comment() == null && BY_HAND.equals(comment)).as("others' words").isFalse();
      comment = "".equals(say.comment()) ? null : say.comment();
    } else if (step instanceof Step.SetParameters set) {
      parameters.putAll(set.parameters());
    } else if (step instanceof Step.ResetParameters reset) {
      assertThat(reset.parameters()).as("others' parameters").containsOnly("fillfactor");
      parameters.keySet().removeAll(reset.parameters());
    }
  }

  /** All that the old owner gave was given by the new one since, who needs nothing for itself. */
  void own(String other) {
    Set<Entry> before = Set.copyOf(entries);
    entries.clear();
    before.stream()
        .filter(e -> !e.role().equals(other))
        .map(
            e ->
                e.grantor().equals(owner)
                    ? new Entry(other, e.role(), e.privilege(), e.grantable())
                    : e)
        .forEach(entries::add);
    owner = other;
  }

  private void grant(Grant grant, String privilege) {
    boolean before = entries.remove(new Entry(owner, grant.role(), privilege, true));
    entries.remove(new Entry(owner, grant.role(), privilege, false));
    entries.add(new Entry(owner, grant.role(), privilege, before || grant.withGrantOption()));
  }

  private void revoke(Step.RevokePrivileges revoke) {
    assertThat(revoke.role()).as("whose own privileges are").isNotEqualTo(owner);
    assertThat(revoke.role()).as("whom others gave them").isNotEqualTo(STRANGER);
    for (String privilege : revoke.privileges()) {
      entries.remove(new Entry(owner, revoke.role(), privilege, true));
      entries.remove(new Entry(owner, revoke.role(), privilege, false));
      if (revoke.grantOptionOnly()) {
        entries.add(new Entry(owner, revoke.role(), privilege, false));
      }
    }
  }

  void grantByHand(String grantor, String role, boolean grantable) {
    if (!role.equals(owner)) {
      entries.add(new Entry(grantor.isEmpty() ? owner : grantor, role, "SELECT", grantable));
    }
  }

  void revokeByHand(String role) {
    entries.removeIf(e -> e.role().equals(role));
  }

  void sayByHand() {
    comment = BY_HAND;
  }

  void setByHand(String parameter, String value) {
    parameters.put(parameter, value);
  }

  void moveByHand(@Nullable String where) {
    tablespace = where;
  }

  /** What no spec gives. */
  Set<String> strangers() {
    return entries.stream()
        .filter(e -> e.role().equals(STRANGER))
        .map(Entry::privilege)
        .collect(Collectors.toSet());
  }

  void assertHold(Attributes wanted) {
    assertThat(owner).isEqualTo(wanted.owner() == null ? owner : wanted.owner());
    assertThat(tablespace)
        .isEqualTo(wanted.tablespace() == null ? tablespace : wanted.tablespace());
    assertThat(Objects.requireNonNullElse(comment, ""))
        .isEqualTo(
            Objects.requireNonNullElse(wanted.comment(), Objects.requireNonNullElse(comment, "")));
    assertThat(parameters).containsAllEntriesOf(wanted.parameters());
    for (Grant grant : wanted.grants()) {
      Set<String> held =
          entries.stream()
              .filter(e -> e.role().equals(grant.role()))
              .filter(e -> e.grantable() || !grant.withGrantOption())
              .map(Entry::privilege)
              .collect(Collectors.toSet());
      if (!grant.role().equals(owner)) {
        assertThat(held).containsAll(grant.privileges());
      }
    }
  }

  @Override
  public String toString() {
    return "%s %s %s %s %s".formatted(owner, tablespace, comment, parameters, entries);
  }
}
