package dev.matviews.controller;

import dev.matviews.controller.AskedRuns.Answer;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What is to be said of one object that asks for several views. Pure. */
final class JointAnswer {

  private JointAnswer() {}

  /**
   * The first that does not succeed ends it for all; else the view that is named speaks for all.
   *
   * @param all views that are asked for, in their order; none while they are not known
   * @param answers of those that have one
   */
  static Optional<Answer> of(
      ResourceID named, List<ResourceID> all, Map<ResourceID, Answer> answers) {
    for (ResourceID view : all) {
      Optional<Answer> end = Optional.ofNullable(answers.get(view)).flatMap(JointAnswer::end);
      if (end.isPresent()) {
        return end.map(answer -> view.equals(named) ? answer : toldOf(view, answer));
      }
    }
    List<Answer> known = all.stream().filter(answers::containsKey).map(answers::get).toList();
    boolean done = !all.isEmpty() && known.stream().filter(Answer::isFinal).count() == all.size();
    return done
        ? Optional.of(Objects.requireNonNull(answers.get(named)))
        : known.stream().filter(answer -> !answer.isFinal()).findFirst();
  }

  private static Optional<Answer> end(Answer answer) {
    return Optional.of(answer).filter(a -> a.isFinal() && !a.hasSucceeded());
  }

  private static Answer toldOf(ResourceID view, Answer answer) {
    Problem problem =
        answer instanceof Answer.Ended ended
            ? Problem.of(ended.run())
            : ((Answer.Refused) answer).problem();
    return new Answer.Refused(
        new Problem(problem.reason(), view.getName() + ": " + problem.message()));
  }
}
