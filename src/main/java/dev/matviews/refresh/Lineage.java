package dev.matviews.refresh;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which view stands on which.
 *
 * @param standsOn for each view those that it stands on directly
 */
public record Lineage(Map<String, Set<String>> standsOn) {

  public Lineage {
    standsOn =
        standsOn.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> Set.copyOf(e.getValue())));
  }

  /** From the view back to the view, where it stands on itself. */
  public Optional<List<String>> loopThrough(String view) {
    List<String> way = new ArrayList<>(List.of(view));
    return leadsTo(view, view, way, new HashSet<>()) ? Optional.of(way) : Optional.empty();
  }

  private boolean leadsTo(String from, String goal, List<String> way, Set<String> seen) {
    for (String next : under(from)) {
      way.add(next);
      if (next.equals(goal) || (seen.add(next) && leadsTo(next, goal, way, seen))) {
        return true;
      }
      way.remove(way.size() - 1);
    }
    return false;
  }

  /** All that the view stands on, each once and after all that it stands on itself. */
  public List<String> below(String view) {
    Set<String> ordered = new LinkedHashSet<>();
    visit(view, ordered, new HashSet<>());
    ordered.remove(view);
    return List.copyOf(ordered);
  }

  /** The view and all that are refreshed with it, each after all of them that it stands on. */
  public List<String> affected(String view, Cascade cascade) {
    return switch (cascade) {
      case None -> List.of(view);
      case Upstream -> Stream.concat(below(view).stream(), Stream.of(view)).toList();
      case Downstream -> {
        Set<String> ordered = new LinkedHashSet<>();
        Set<String> seen = new HashSet<>();
        standsOn.keySet().stream().sorted().forEach(top -> visit(top, ordered, seen));
        yield ordered.stream().filter(v -> v.equals(view) || below(v).contains(view)).toList();
      }
    };
  }

  private void visit(String view, Set<String> ordered, Set<String> seen) {
    if (seen.add(view)) {
      under(view).forEach(next -> visit(next, ordered, seen));
      ordered.add(view);
    }
  }

  /** The same at each call, so that messages do not change. */
  private List<String> under(String view) {
    return standsOn.getOrDefault(view, Set.of()).stream().sorted().toList();
  }
}
