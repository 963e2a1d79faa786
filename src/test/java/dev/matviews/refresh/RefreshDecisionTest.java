package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is done with a view at one moment, shaped as the table that Kubernetes' CronJob controller
 * is tested with. {@link DecisionTables} says how the columns are read.
 */
class RefreshDecisionTest {

  @ParameterizedTest(name = "{0}")
  @DisplayName("slots run once, on time or once late")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # sentence                                      | spec                | settled          | runs, newest first                                    | view   | request | handled | now      | decision
          before the first slot                           | hourly              | 09:30            | -                                                     | filled | -       | -       | 09:59    | wait 10:00
          at the slot                                     | hourly              | 09:00            | -                                                     | filled | -       | -       | 10:00    | start Schedule/10:00 due 10:00
          shortly after the slot                          | hourly              | 09:00            | -                                                     | filled | -       | -       | 10:00:02 | start Schedule/10:00 due 10:00
          slot done                                       | hourly              | 10:00            | Schedule/10:00 Succeeded 10:00-10:05                  | filled | -       | -       | 10:05    | wait 11:00
          slot done, at once asked again                  | hourly              | 10:00            | Schedule/10:00 Succeeded 10:00-10:00                  | filled | -       | -       | 10:00    | wait 11:00
          restart in the middle of a slot's hour          | hourly              | 10:00            | Schedule/10:00 Succeeded 10:00-10:05                  | filled | -       | -       | 10:30    | wait 11:00
          restart, the slot fell due meanwhile            | hourly              | 09:00            | Schedule/09:00 Succeeded 09:00-09:05                  | filled | -       | -       | 10:40    | start Schedule/10:00 due 10:00
          killed in the run: nothing was written down     | hourly              | 09:00            | Schedule/09:00 Succeeded 09:00-09:05                  | filled | -       | -       | 10:01    | start Schedule/10:00 due 10:00
          three slots overdue: the newest, once           | hourly              | 07:00            | -                                                     | filled | -       | -       | 10:30    | start Schedule/10:00 due 10:00
          a week overdue: the newest, once                | hourly              | 2025-12-29T07:00 | -                                                     | filled | -       | -       | 10:30    | start Schedule/10:00 due 10:00
          and after that catch-up the next as usual       | hourly              | 10:00            | Schedule/10:00 Succeeded 10:30-10:31                  | filled | -       | -       | 10:31    | wait 11:00
          an interval's slots are multiples since 1970    | every 25m           | 09:00            | -                                                     | filled | -       | -       | 09:20    | start Schedule/09:15 due 09:15
          an interval's next slot                         | every 25m           | 09:15            | -                                                     | filled | -       | -       | 09:20    | wait 09:40
          ten seconds, a week overdue: one                | every 10s           | 2025-12-29T07:00 | -                                                     | filled | -       | -       | 10:00:04 | start Schedule/10:00 due 10:00
          no schedule: nothing at all                     | none                | 09:00            | -                                                     | filled | -       | -       | 10:00    | wait
          """)
  void slots(
      String sentence,
      String spec,
      String settled,
      @Nullable String runs,
      String view,
      @Nullable String request,
      @Nullable String handled,
      String now,
      String decision) {
    assertDecision(spec, settled, runs, view, request, handled, now, decision);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a slot that cannot run on time is skipped, missed or late, and never two of these")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # sentence                                      | spec                | settled  | runs, newest first                                    | view   | request | handled | now      | decision
          within the deadline                             | hourly deadline 20m | 09:00    | -                                                     | filled | -       | -       | 10:19    | start Schedule/10:00 due 10:00
          at the deadline                                 | hourly deadline 20m | 09:00    | -                                                     | filled | -       | -       | 10:20    | start Schedule/10:00 due 10:00
          past the deadline                               | hourly deadline 20m | 09:00    | -                                                     | filled | -       | -       | 10:21    | miss Schedule/10:00 due 10:00
          the deadline passed for all of many             | hourly deadline 20m | 01:00    | -                                                     | filled | -       | -       | 10:21    | miss Schedule/10:00 due 10:00
          after the miss the next as usual                | hourly deadline 20m | 10:00    | Schedule/10:00 Missed 10:21-10:21                     | filled | -       | -       | 10:21    | wait 11:00
          a deadline of many hours: still only the newest | hourly deadline 9h  | 01:00    | -                                                     | filled | -       | -       | 10:21    | start Schedule/10:00 due 10:00
          begun in time, failed, past the deadline: goes on | hourly deadline 20m | 09:00  | Schedule/10:00 LockTimeout 10:00-10:30                | filled | -       | -       | 10:31    | start Schedule/10:00 due 10:00
          fell due during the run before                  | hourly              | 09:00    | Schedule/09:00 Succeeded 09:00-10:05                  | filled | -       | -       | 10:05    | skip Schedule/10:00 due 10:00
          several fell due during the run: the newest     | hourly              | 07:00    | Schedule/07:00 Succeeded 07:00-10:05                  | filled | -       | -       | 10:05    | skip Schedule/10:00 due 10:00
          after the skip the next as usual                | hourly              | 10:00    | Schedule/10:00 Skipped 10:05-10:05; Schedule/09:00 Succeeded 09:00-10:05 | filled | - | - | 10:05 | wait 11:00
          fell due during a run on request                | hourly              | 09:00    | Request/one Succeeded 09:58-10:02                     | filled | one     | one     | 10:02    | skip Schedule/10:00 due 10:00
          fell due during a run that failed               | hourly              | 09:00    | Request/one QueryFailed 09:58-10:02                   | filled | one     | one     | 10:02    | skip Schedule/10:00 due 10:00
          the run before ended at the very slot           | hourly              | 09:00    | Schedule/09:00 Succeeded 09:00-10:00                  | filled | -       | -       | 10:00    | start Schedule/10:00 due 10:00
          a run on request began at the very slot         | hourly              | 09:00    | Request/one Succeeded 10:00-10:01                     | filled | one     | one     | 10:01    | start Schedule/10:00 due 10:00
          a skipped slot is no run                        | hourly              | 09:00    | Schedule/09:00 Skipped 09:30-10:30                    | filled | -       | -       | 10:30    | start Schedule/10:00 due 10:00
          skipped goes before missed                      | hourly deadline 1s  | 09:00    | Schedule/09:00 Succeeded 09:00-10:05                  | filled | -       | -       | 10:05    | skip Schedule/10:00 due 10:00
          """)
  void lateSlots(
      String sentence,
      String spec,
      String settled,
      @Nullable String runs,
      String view,
      @Nullable String request,
      @Nullable String handled,
      String now,
      String decision) {
    assertDecision(spec, settled, runs, view, request, handled, now, decision);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName(
      "a failed run is tried again when that can help, until the next slot takes its place")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # sentence                                      | spec     | settled | runs, newest first                                | view   | request | handled | now      | decision
          failed for the first time: a second's pause     | hourly   | 09:00   | Schedule/10:00 LockTimeout 10:00-10:01            | filled | -       | -       | 10:01    | wait 10:01:01
          the pause is over                               | hourly   | 09:00   | Schedule/10:00 LockTimeout 10:00-10:01            | filled | -       | -       | 10:01:01 | start Schedule/10:00 due 10:00
          failed for the third time: four seconds         | hourly   | 09:00   | Schedule/10:00 Deadlock x3 10:00-10:01            | filled | -       | -       | 10:01    | wait 10:01:04
          the third of three retries                      | hourly   | 09:00   | Schedule/10:00 Deadlock x3 10:00-10:01            | filled | -       | -       | 10:01:04 | start Schedule/10:00 due 10:00
          no retry left: the slot has failed              | hourly   | 09:00   | Schedule/10:00 Deadlock x4 10:00-10:01            | filled | -       | -       | 10:01    | fail Schedule/10:00 due 10:00
          given up: the next slot as usual                | hourly   | 10:00   | Schedule/10:00 Deadlock x4 10:00-10:01            | filled | -       | -       | 10:01    | wait 11:00
          given up, and the next slot is here             | hourly   | 10:00   | Schedule/10:00 Deadlock x4 10:00-10:01            | filled | -       | -       | 11:00    | start Schedule/11:00 due 11:00
          no retries wanted: failed at the first          | hourly retries 0 | 09:00 | Schedule/10:00 LockTimeout 10:00-10:01      | filled | -       | -       | 10:01    | fail Schedule/10:00 due 10:00
          fewer retries wanted than were made: failed     | hourly retries 1 | 09:00 | Schedule/10:00 LockTimeout x3 10:00-10:01   | filled | -       | -       | 10:01    | fail Schedule/10:00 due 10:00
          many retries wanted, the fifth: 16 s            | hourly retries 20 | 09:00 | Schedule/10:00 Deadlock x5 10:00-10:01     | filled | -       | -       | 10:01    | wait 10:01:16
          many retries wanted, often failed: five minutes | hourly retries 20 | 09:00 | Schedule/10:00 DatabaseUnavailable x20 10:00-10:01 | filled | - | -    | 10:01    | wait 10:06
          the pause reaches over the next slot            | hourly retries 20 | 09:00 | Schedule/10:00 LockTimeout x15 10:00-10:58 | filled | -       | -       | 10:58    | wait 11:00
          the next slot is another run: no pause          | hourly   | 09:00   | Schedule/10:00 LockTimeout x3 10:00-10:59:59      | filled | -       | -       | 11:00    | start Schedule/11:00 due 11:00
          the retries of one slot are not those of another | hourly  | 10:00   | Schedule/11:00 LockTimeout 11:00-11:01; Schedule/10:00 LockTimeout x4 10:00-10:09 | filled | - | - | 11:01 | wait 11:01:01
          a request fails too often: it has failed        | none     | 09:00   | Request/one LockTimeout x4 09:58-09:59            | filled | one     | -       | 09:59    | fail Request/one due 09:59
          a request given up: the slot                    | hourly   | 09:00   | Request/one LockTimeout x4 10:00-10:01            | filled | one     | one     | 10:01    | start Schedule/10:00 due 10:00
          the first fill is tried until it succeeds       | none     | 09:00   | Initial/16400 LockTimeout x9 09:58-09:59          | empty  | -       | -       | 09:59    | wait 10:03:16
          the first fill, tried again                     | none retries 0 | 09:00 | Initial/16400 LockTimeout x9 09:58-09:59      | empty  | -       | -       | 10:04    | start Initial/16400 due 10:04
          no disk left: five minutes from the start on    | hourly   | 09:00   | Schedule/10:00 InsufficientResources 10:00-10:01  | filled | -       | -       | 10:01    | wait 10:06
          a source vanished: tried again soon             | hourly   | 09:00   | Schedule/10:00 SourceMissing 10:00-10:01          | filled | -       | -       | 10:01    | wait 10:01:01
          failed for good: the next slot only             | hourly   | 10:00   | Schedule/10:00 QueryFailed 10:00-10:01            | filled | -       | -       | 10:01    | wait 11:00
          failed for good, and the next slot is here      | hourly   | 10:00   | Schedule/10:00 QueryFailed x3 10:00-10:01         | filled | -       | -       | 11:00    | start Schedule/11:00 due 11:00
          cancelled by hand: the next slot only           | hourly   | 10:00   | Schedule/10:00 Cancelled 10:00-10:01              | filled | -       | -       | 10:01    | wait 11:00
          a request fails: its own pause                  | none     | 09:00   | Request/one LockTimeout x3 09:58-09:59            | filled | one     | -       | 09:59    | wait 09:59:04
          a request has failed for good: done with        | none     | 09:00   | Request/one QueryFailed 09:58-09:59               | filled | one     | one     | 09:59    | wait
          the first fill fails for good: in five minutes  | none     | 09:00   | Initial/16400 QueryFailed 09:58-09:59             | empty  | -       | -       | 09:59    | wait 10:04
          and then again                                  | none     | 09:00   | Initial/16400 QueryFailed 09:58-09:59             | empty  | -       | -       | 10:04    | start Initial/16400 due 10:04
          """)
  void failures(
      String sentence,
      String spec,
      String settled,
      @Nullable String runs,
      String view,
      @Nullable String request,
      @Nullable String handled,
      String now,
      String decision) {
    assertDecision(spec, settled, runs, view, request, handled, now, decision);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("each request runs once, whatever the schedule says")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # sentence                                      | spec             | settled | runs, newest first                     | view   | request | handled | now   | decision
          a request                                       | hourly           | 09:00   | -                                      | filled | one     | -       | 09:30 | start Request/one due 09:30
          a request handled: never again                  | hourly           | 09:00   | Request/one Succeeded 09:10-09:20      | filled | one     | one     | 09:30 | wait 10:00
          another value                                   | hourly           | 09:00   | Request/one Succeeded 09:10-09:20      | filled | two     | one     | 09:30 | start Request/two due 09:30
          the annotation was removed                      | hourly           | 09:00   | Request/one Succeeded 09:10-09:20      | filled | -       | one     | 09:30 | wait 10:00
          an empty value is a value                       | hourly           | 09:00   | -                                      | filled | ''      | -       | 09:30 | start Request/ due 09:30
          a request goes before a slot                    | hourly           | 09:00   | -                                      | filled | one     | -       | 10:00 | start Request/one due 10:00
          then the slot                                   | hourly           | 09:00   | Request/one Succeeded 10:00-10:01      | filled | one     | one     | 10:01 | start Schedule/10:00 due 10:00
          without a schedule                              | none             | 09:00   | -                                      | filled | one     | -       | 09:30 | start Request/one due 09:30
          while suspended                                 | hourly suspended | 09:00   | -                                      | filled | one     | -       | 10:30 | start Request/one due 10:30
          a suspended view without data, on request       | hourly suspended | 09:00   | -                                      | empty  | one     | -       | 10:30 | start Request/one due 10:30
          a deferred view, on request                     | hourly deferred  | 09:00   | -                                      | empty  | one     | -       | 09:30 | start Request/one due 09:30
          killed in the run: begun again                  | hourly           | 09:00   | -                                      | filled | one     | -       | 09:31 | start Request/one due 09:31
          """)
  void requests(
      String sentence,
      String spec,
      String settled,
      @Nullable String runs,
      String view,
      @Nullable String request,
      @Nullable String handled,
      String now,
      String decision) {
    assertDecision(spec, settled, runs, view, request, handled, now, decision);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a view is filled when it is made, once its sources hold data")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # sentence                                      | spec             | settled | runs, newest first                     | view                     | request | handled | now   | decision
          made just now                                   | hourly           | 09:30   | -                                      | empty                    | -       | -       | 09:30 | start Initial/16400 due 09:30
          made just now, without a schedule               | none             | 09:30   | -                                      | empty                    | -       | -       | 09:30 | start Initial/16400 due 09:30
          made again: another OID is another fill         | none             | 09:30   | Initial/16000 Succeeded 09:10-09:20    | empty                    | -       | -       | 09:30 | start Initial/16400 due 09:30
          emptied by hand: filled again at once           | none             | 09:30   | Initial/16400 Succeeded 09:28-09:29    | empty                    | -       | -       | 09:30 | start Initial/16400 due 09:30
          the fill goes before the slot, which it covers  | hourly           | 09:00   | -                                      | empty                    | -       | -       | 10:00 | start Initial/16400 due 10:00
          deferred: not before its first slot             | hourly deferred  | 09:00   | -                                      | empty                    | -       | -       | 09:30 | wait 10:00
          deferred: by its first slot                     | hourly deferred  | 09:00   | -                                      | empty                    | -       | -       | 10:00 | start Schedule/10:00 due 10:00
          deferred without a schedule: on request only    | none deferred    | 09:00   | -                                      | empty                    | -       | -       | 10:00 | wait
          suspended: not filled                           | hourly suspended | 09:00   | -                                      | empty                    | -       | -       | 10:00 | wait
          a source holds no data                          | hourly           | 09:00   | -                                      | empty after app.a        | -       | -       | 09:30 | await app.a
          two sources hold no data                        | hourly           | 09:00   | -                                      | empty after app.a app.b  | -       | -       | 09:30 | await app.a app.b
          a source holds no data, a slot is due           | hourly           | 09:00   | -                                      | filled after app.a       | -       | -       | 10:00 | await app.a
          a source holds no data, a request               | hourly           | 09:00   | -                                      | filled after app.a       | one     | -       | 09:30 | await app.a
          a source holds no data, nothing is due          | hourly           | 09:00   | -                                      | filled after app.a       | -       | -       | 09:30 | wait 10:00
          a source holds no data, past the deadline       | hourly deadline 20m | 09:00 | -                                     | filled after app.a       | -       | -       | 10:21 | miss Schedule/10:00 due 10:00
          """)
  void fills(
      String sentence,
      String spec,
      String settled,
      @Nullable String runs,
      String view,
      @Nullable String request,
      @Nullable String handled,
      String now,
      String decision) {
    assertDecision(spec, settled, runs, view, request, handled, now, decision);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName(
      "while another session works on a view, no definition is filled that may be unwanted")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # sentence                            | view                     | request | decision
          without data: not now                 | empty                    | -       | wait 10:00:10
          without data, on request: not now     | empty                    | one     | wait 10:00:10
          its sources are named all the same    | empty after app.a        | -       | await app.a
          with data: as ever                    | filled                   | -       | start Schedule/10:00 due 10:00
          with data, on request: as ever        | filled                   | one     | start Request/one due 10:00
          """)
  void occupied(String sentence, String view, @Nullable String request, String decision) {
    RefreshPolicy policy = DecisionTables.policy("hourly");
    RefreshDecision made =
        RefreshDecision.decide(
            policy,
            DecisionTables.view(view),
            DecisionTables.state(policy.scheduleIdentity(), "09:00", null, null),
            new Demand(request, List.of(), Upstreams.NONE, true),
            DecisionTables.time("10:00"));
    assertThat(DecisionTables.text(made)).isEqualTo(decision);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("an edited schedule counts from now on, and so does a resumed one")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # sentence                                      | spec             | adopted           | settled | runs | view   | request | now   | decision
          never seen before                               | hourly           | -                 | -       | -    | filled | -       | 10:00 | adopt 0 * * * * Etc/UTC
          never seen before, without a schedule           | none             | -                 | -       | -    | filled | -       | 10:00 | adopt
          edited, overdue by the old one: no burst        | hourly           | every 10m         | 01:00   | -    | filled | -       | 10:00 | adopt 0 * * * * Etc/UTC
          the same hour in another zone                   | hourly           | 0 * * * * UTC     | 01:00   | -    | filled | -       | 10:00 | adopt 0 * * * * Etc/UTC
          removed                                         | none             | 0 * * * * Etc/UTC | 01:00   | -    | filled | -       | 10:00 | adopt
          suspended: nothing is owed any more             | hourly suspended | 0 * * * * Etc/UTC | 01:00   | -    | filled | -       | 10:00 | adopt
          resumed: no catch-up                            | hourly           | ''                | 01:00   | -    | filled | -       | 10:30 | adopt 0 * * * * Etc/UTC
          adopted: from the next slot on                  | hourly           | 0 * * * * Etc/UTC | 10:30   | -    | filled | -       | 10:30 | wait 11:00
          adopted at a slot: not that one                 | hourly           | 0 * * * * Etc/UTC | 10:00   | -    | filled | -       | 10:00 | wait 11:00
          adopted before anything else                    | hourly           | -                 | -       | -    | empty  | one     | 10:00 | adopt 0 * * * * Etc/UTC
          a longer deadline is no other schedule          | hourly deadline 1h | 0 * * * * Etc/UTC | 09:00 | -    | filled | -       | 10:00 | start Schedule/10:00 due 10:00
          """)
  void edits(
      String sentence,
      String spec,
      @Nullable String adopted,
      @Nullable String settled,
      @Nullable String runs,
      String view,
      @Nullable String request,
      String now,
      String decision) {
    RefreshState state = DecisionTables.state(adopted, settled, runs, null);
    assertThat(
            DecisionTables.text(
                RefreshDecision.decide(
                    DecisionTables.policy(spec),
                    DecisionTables.view(view),
                    state,
                    new Demand(request, List.of(), Upstreams.NONE, false),
                    DecisionTables.time(now))))
        .isEqualTo(decision);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a run that an object asks for runs once, at once and whatever the schedule says")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # sentence                                  | spec             | runs, newest first                           | view           | request | asked                | now      | decision
          asked for                                   | hourly           | -                                            | filled         | -       | a                    | 10:30    | start Run/a due 10:20
          suspended: it runs                          | hourly suspended | -                                            | filled         | -       | a                    | 10:30    | start Run/a due 10:20
          no schedule                                 | none             | -                                            | filled         | -       | a                    | 10:30    | start Run/a due 10:20
          two of them: the first first                | none             | -                                            | filled         | -       | a b                  | 10:30    | start Run/a due 10:20
          of a view without data, instead of its fill | none             | -                                            | empty          | -       | a                    | 10:30    | start Run/a due 10:20
          of a view that is deferred                  | none deferred    | -                                            | empty          | -       | a                    | 10:30    | start Run/a due 10:20
          before a slot that is due                   | hourly           | Schedule/09:00 Succeeded 09:00-09:05         | filled         | -       | a                    | 11:00    | start Run/a due 10:20
          after a request                             | none             | -                                            | filled         | one     | a                    | 10:30    | start Request/one due 10:30
          another run is going on: skipped            | none             | -                                            | filled         | -       | a-overtaken          | 10:30    | skip Run/a due 10:20
          the second of two while the first runs      | none             | -                                            | filled         | -       | a b-overtaken        | 10:30    | skip Run/b due 10:20
          skipped before anything else is begun       | none             | -                                            | filled         | one     | a-overtaken          | 10:30    | skip Run/a due 10:20
          it is not its turn                          | none             | -                                            | filled         | -       | a-later              | 10:30    | wait
          but that of another one                     | none             | -                                            | filled         | -       | a-later b            | 10:30    | start Run/b due 10:20
          a source holds no data                      | none             | -                                            | filled without one | -   | a                    | 10:30    | await one
          the pause of a failed fill is not for it    | none             | Initial/16400 LockTimeout x9 10:29-10:29:59  | empty          | -       | a                    | 10:30    | start Run/a due 10:20
          """)
  void asked(
      String sentence,
      String spec,
      @Nullable String runs,
      String view,
      @Nullable String request,
      String asked,
      String now,
      String decision) {
    RefreshPolicy policy = DecisionTables.policy(spec);
    RefreshDecision made =
        RefreshDecision.decide(
            policy,
            DecisionTables.view(view),
            DecisionTables.state(policy.scheduleIdentity(), "10:00", runs, null),
            new Demand(request, DecisionTables.asked(asked), Upstreams.NONE, false),
            DecisionTables.time(now));
    assertThat(DecisionTables.text(made)).isEqualTo(decision);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("views that stand on each other are refreshed in their order, by what they hold")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # sentence                                 | spec              | runs                                    | view   | data  | upstreams                        | now      | decision
          nothing newer below                        | none follows      | -                                       | filled | 10:10 | u 10:00-10:05                    | 10:30    | wait
          newer below                                | none follows      | -                                       | filled | 10:00 | u 10:10-10:20                    | 10:30    | start Upstream/10:20 due 10:20
          it read below before that run had ended    | none follows      | -                                       | filled | 10:15 | u 10:10-10:20                    | 10:30    | start Upstream/10:20 due 10:20
          of two the newest                          | none follows      | -                                       | filled | 10:00 | u 10:10-10:11; w 10:12-10:13     | 10:30    | start Upstream/10:13 due 10:13
          one of two is busy: waits for it           | none follows      | -                                       | filled | 10:00 | u 10:10-10:11; w 09:00-09:01 busy| 10:30    | wait 10:30:10
          not asked to follow                        | none              | -                                       | filled | 10:00 | u 10:10-10:20                    | 10:30    | wait
          suspended                                  | none follows suspended | -                                  | filled | 10:00 | u 10:10-10:20                    | 10:30    | wait
          deferred and without data                  | none follows deferred | -                                   | empty  | -     | u 10:10-10:20                    | 10:30    | wait
          without data it is filled                  | none follows      | -                                       | empty  | -     | u 10:10-10:20                    | 10:30    | start Initial/16400 due 10:30
          one below holds nothing yet                | none follows      | -                                       | empty  | -     | u empty                          | 10:30    | await u
          tried, may pass: a pause                   | none follows      | Upstream/10:20 LockTimeout 10:29-10:29:59 | filled | 10:00 | u 10:10-10:20                  | 10:30    | start Upstream/10:20 due 10:20
          tried a moment ago                         | none follows      | Upstream/10:20 LockTimeout 10:29-10:30  | filled | 10:00 | u 10:10-10:20                    | 10:30    | wait 10:30:01
          failed on its data: waits for newer ones   | none follows      | Upstream/10:20 QueryFailed 10:21-10:22  | filled | 10:00 | u 10:10-10:20                    | 10:30    | wait
          and takes those                            | none follows      | Upstream/10:20 QueryFailed 10:21-10:22  | filled | 10:00 | u 10:24-10:25                    | 10:30    | start Upstream/10:25 due 10:25
          a failed one below holds nothing newer     | none follows      | -                                       | filled | 10:10 | u 10:00-10:05 failed             | 10:30    | wait
          the slot waits for the same slot below     | hourly            | -                                       | filled | 10:00 | u 10:00-10:05 busy               | 11:00    | wait 11:00:10
          but not for the one after it               | hourly            | -                                       | filled | 10:00 | u 11:00-11:05 busy               | 11:06    | start Schedule/11:00 due 11:00
          below nothing is due                       | hourly            | -                                       | filled | 10:00 | u 10:00-10:05                    | 11:00    | start Schedule/11:00 due 11:00
          a failed one below holds nobody up         | hourly            | -                                       | filled | 10:00 | u 10:00-10:05 failed             | 11:00    | start Schedule/11:00 due 11:00
          """)
  void upstreams(
      String sentence,
      String spec,
      @Nullable String runs,
      String view,
      @Nullable String data,
      String upstreams,
      String now,
      String decision) {
    RefreshPolicy policy = DecisionTables.policy(spec);
    RefreshState state = DecisionTables.state(policy.scheduleIdentity(), "10:00", runs, null);
    RefreshState holding =
        new RefreshState(
            state.schedule(),
            state.settledUntil(),
            null,
            data == null ? null : DecisionTables.time(data),
            null,
            state.consecutiveFailures(),
            null,
            state.runs(),
            null);
    RefreshDecision made =
        RefreshDecision.decide(
            policy,
            DecisionTables.view(view),
            holding,
            new Demand(null, List.of(), DecisionTables.upstreams(upstreams), false),
            DecisionTables.time(now));
    assertThat(DecisionTables.text(made)).isEqualTo(decision);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a view without data fills itself, or waits for somebody")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # sentence                                 | spec           | run                                   | view                 | upstreams                | fills itself
          made just now                              | none           | -                                     | empty                | u 10:00-10:05            | true
          deferred                                   | none deferred  | -                                     | empty                | u 10:00-10:05            | false
          suspended                                  | none suspended | -                                     | empty                | u 10:00-10:05            | false
          failed, and another try may help           | none           | Initial/16400 LockTimeout 10:00-10:01 | empty                | u 10:00-10:05            | true
          failed, and no try alone mends it          | none           | Initial/16400 UnsupportedSQL 10:00-10:01 | empty             | u 10:00-10:05            | false
          the one that failed was another view       | none           | Initial/16000 UnsupportedSQL 10:00-10:01 | empty             | u 10:00-10:05            | true
          the one below is filled first              | none           | -                                     | empty after u        | u empty                  | true
          the one below waits itself                 | none           | -                                     | empty after u        | u empty waits            | false
          one of two below waits                     | none           | -                                     | empty after u w      | u empty; w empty waits   | false
          nobody manages the one below               | none           | -                                     | empty after x        | u empty                  | false
          """)
  void fillsItself(
      String sentence,
      String spec,
      @Nullable String run,
      String view,
      String upstreams,
      boolean fillsItself) {
    RefreshPolicy policy = DecisionTables.policy(spec);
    RefreshState state = DecisionTables.state(policy.scheduleIdentity(), "09:00", run, null);
    assertThat(
            RefreshDecision.fillsItself(
                policy, DecisionTables.view(view), state, DecisionTables.upstreams(upstreams)))
        .isEqualTo(fillsItself);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a clock that jumps neither doubles a slot nor stretches a pause")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # sentence                                      | spec   | settled          | runs, newest first                          | view   | request | handled | now              | decision
          set back by an hour: slots done stay done       | hourly | 10:00            | Schedule/10:00 Succeeded 10:00-10:05        | filled | -       | -       | 09:05            | wait 10:00
          set back, at a slot that was done               | hourly | 10:00            | Schedule/10:00 Succeeded 10:00-10:05        | filled | -       | -       | 10:00            | wait 11:00
          set back below a failed run: tried at once      | hourly | 09:00            | Request/one LockTimeout 10:00-10:05         | filled | one     | -       | 09:05            | start Request/one due 09:05
          set back below a failed fill: tried at once     | none   | 09:00            | Initial/16400 QueryFailed 10:00-10:05       | empty  | -       | -       | 09:05            | start Initial/16400 due 09:05
          set forward by an hour: the slot in between     | hourly | 10:00            | Schedule/10:00 Succeeded 10:00-10:05        | filled | -       | -       | 11:05            | start Schedule/11:00 due 11:00
          set forward by two days, past the deadline      | hourly deadline 20m | 10:00 | Schedule/10:00 Succeeded 10:00-10:05      | filled | -       | -       | 2026-01-07T10:21 | miss Schedule/2026-01-07T10:00 due 2026-01-07T10:00
          and set back again: nothing twice               | hourly | 2026-01-07T10:00 | Schedule/10:00 Succeeded 10:00-10:05        | filled | -       | -       | 11:05            | wait 12:00
          set forward by two days: one                    | hourly | 10:00            | Schedule/10:00 Succeeded 10:00-10:05        | filled | -       | -       | 2026-01-07T10:05 | start Schedule/2026-01-07T10:00 due 2026-01-07T10:00
          """)
  void clocks(
      String sentence,
      String spec,
      String settled,
      @Nullable String runs,
      String view,
      @Nullable String request,
      @Nullable String handled,
      String now,
      String decision) {
    assertDecision(spec, settled, runs, view, request, handled, now, decision);
  }

  private static void assertDecision(
      String spec,
      String settled,
      @Nullable String runs,
      String view,
      @Nullable String request,
      @Nullable String handled,
      String now,
      String decision) {
    RefreshPolicy policy = DecisionTables.policy(spec);
    RefreshState state = DecisionTables.state(policy.scheduleIdentity(), settled, runs, handled);
    RefreshDecision made =
        RefreshDecision.decide(
            policy,
            DecisionTables.view(view),
            state,
            new Demand(request, List.of(), Upstreams.NONE, false),
            DecisionTables.time(now));
    assertThat(DecisionTables.text(made)).isEqualTo(decision);
  }
}
