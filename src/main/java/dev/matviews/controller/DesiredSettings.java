package dev.matviews.controller;

import dev.matviews.plan.Reason;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code refresh.sessionSettings}, of which none may do more than make a query fast or slow. */
final class DesiredSettings {

  private static final Set<String> OF_THE_EXECUTOR =
      Set.of(
          "work_mem",
          "maintenance_work_mem",
          "hash_mem_multiplier",
          "max_parallel_workers_per_gather",
          "max_parallel_maintenance_workers",
          "jit");
  private static final Pattern OF_THE_PLANNER = Pattern.compile("enable_[a-z_]+");

  private DesiredSettings() {}

  /**
   * As they are, looked at once more: by others a session becomes another role or loses a limit.
   *
   * @throws RefusedException InvalidSetting
   */
  static Map<String, String> of(Map<String, String> settings) {
    for (String name : settings.keySet()) {
      if (!OF_THE_EXECUTOR.contains(name) && !OF_THE_PLANNER.matcher(name).matches()) {
        throw new RefusedException(
            Reason.InvalidSetting,
            "refresh.sessionSettings.%s is none that a spec may set: remove it"
                .formatted(ShortText.characters(name, 63)));
      }
    }
    return settings;
  }
}
