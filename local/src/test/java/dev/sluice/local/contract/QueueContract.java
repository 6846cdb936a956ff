package dev.sluice.local.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import dev.sluice.local.contract.AnyQueue.Gap;
import dev.sluice.local.contract.AnyQueue.Got;
import dev.sluice.local.contract.AnyQueue.Setting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a queue does with messages, whoever serves it, as far as the pipeline counts on it. Sends
/// go through the adapter. Each test has a queue of its own.
///
/// Real servers need real seconds: visibility is short only where its end is waited for.
@Timeout(120)
abstract class QueueContract {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final int NEVER = 100;

  abstract AnyQueue queue(Setting setting);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsSentIsReceivedAsItWas(boolean fifo) {
    var queue = queue(new Setting(fifo, LONG, NEVER));
    var task = task(7, 3, "http://x.test/\u00e9\ud83d\ude00?a=\"b\"&c=<d>\\");

    assertThat(queue.outbox().send(task, soon(queue)).join()).isTrue();

    var got = queue.next(10);
    assertThat(got).hasSize(1);
    assertThat(got.getFirst().body()).isEqualTo(Json.write(task));
    assertThat(Json.read(FetchTask.class, got.getFirst().body())).isEqualTo(task);
    assertThat(got.getFirst().receives()).isEqualTo(1);
    assertThat(got.getFirst().groupId()).isEqualTo(fifo ? "host-group-3" : "");
  }

  /// All of U+0000 to U+FFFF, which also holds halves of surrogate pairs and what is no character.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachCharacterIsReceivedAsItWas(boolean fifo) {
    var queue = queue(new Setting(fifo, LONG, NEVER));
    for (var first = 0; first <= Character.MAX_VALUE; first += 4096) {
      var characters = new StringBuilder("http://x.test/");
      for (var c = first; c < first + 4096; c++) {
        characters.append((char) c);
      }
      var task = task(first, 0, characters.toString());

      assertThat(queue.outbox().send(task, soon(queue)).join()).as("from U+%04X", first).isTrue();

      var got = queue.next(1).getFirst();
      assertThat(Json.read(FetchTask.class, got.body())).as("from U+%04X", first).isEqualTo(task);
      queue.delete(got);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 0xb, 0xc, 0xe, 0x1f, 0xfffe, 0xffff})
  void aCharacterThatSqsDoesNotTakeIsRefused(int character) {
    var queue = queue(new Setting(false, LONG, NEVER));

    assertThatThrownBy(() -> queue.sendBody("a" + (char) character + "b"))
        .isInstanceOf(Exception.class);

    assertThat(queue.depth()).isZero();
  }

  @Test
  void theCharactersAtTheEdgesOfWhatSqsTakesAreTaken() {
    var queue = queue(new Setting(false, LONG, NEVER));
    var body = "\t\n\r \u007f\u0080\u009f\u2028\ud7ff\ue000\ufdd0\ufffd\ud800\udc00\udbff\udfff";

    queue.sendBody(body);

    assertThat(queue.next(1).getFirst().body()).isEqualTo(body);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsNotDeletedComesBackAfterItsVisibilityAndCounts(boolean fifo) {
    var queue = queue(new Setting(fifo, SHORT, NEVER));
    send(queue, 1);
    var before = queue.nanoTime();

    var first = queue.next(1).getFirst();
    var second = queue.next(1).getFirst();

    assertThat(Duration.ofNanos(queue.nanoTime() - before))
        .isGreaterThanOrEqualTo(SHORT.minusMillis(100));
    assertThat(first.receives()).isEqualTo(1);
    assertThat(second.receives()).isEqualTo(2);
    assertThat(second.body()).isEqualTo(first.body());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsDeletedDoesNotComeBack(boolean fifo) {
    var queue = queue(new Setting(fifo, SHORT, NEVER));
    send(queue, 1);

    queue.delete(queue.next(1).getFirst());
    queue.pass(SHORT.plusMillis(500));

    assertThat(queue.poll(1)).isEmpty();
    assertThat(queue.depth()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void visibilityCanBeChangedBothWays(boolean fifo) {
    var queue = queue(new Setting(fifo, SHORT, NEVER));
    send(queue, 1);
    var first = queue.next(1).getFirst();

    queue.changeVisibility(first, LONG);
    queue.pass(SHORT.plusMillis(500));
    assertThat(queue.poll(1)).isEmpty();
    queue.changeVisibility(first, Duration.ZERO);

    assertThat(queue.next(1).getFirst().receives()).isEqualTo(2);
  }

  /// More than a request takes.
  @Test
  void manyAreGivenBackTogether() {
    var queue = queue(new Setting(false, LONG, NEVER));
    IntStream.range(0, 12).forEach(number -> send(queue, number));
    var receipts = new HashMap<String, Duration>();
    while (receipts.size() < 12) {
      queue.next(10).forEach(got -> receipts.put(got.receipt(), Duration.ZERO));
    }

    queue.visibilities().change(receipts).toCompletableFuture().join();

    var again = new ArrayList<AnyQueue.Got>();
    while (again.size() < 12) {
      again.addAll(queue.next(10));
    }
    assertThat(again).extracting(AnyQueue.Got::receives).containsOnly(2);
  }

  @Test
  void aGroupComesInTheOrderOfItsSends() {
    var queue = fifo();
    var sent = group(0, IntStream.range(0, 60).toArray());
    sendAll(queue, sent);

    var bodies = new ArrayList<String>();
    while (bodies.size() < sent.size()) {
      for (var got : queue.next(10)) {
        bodies.add(got.body());
        queue.delete(got);
      }
    }

    assertThat(bodies).isEqualTo(bodies(sent));
  }

  @Test
  void oneReceiveMayHoldSeveralOfAGroupInOrder() {
    var queue = fifo();
    sendAll(queue, group(0, 1, 2, 3));

    var got = queue.next(2);

    assertThat(bodies(got)).isEqualTo(bodies(group(0, 1, 2)));
    assertThat(queue.poll(10)).isEmpty();
  }

  @Test
  void whileAGroupIsLockedOthersGoOn() {
    var queue = fifo();
    sendAll(queue, group(0, 1, 2));

    var first = queue.next(1);
    sendAll(queue, group(1, 3));
    var others = queue.next(10);

    assertThat(bodies(first)).isEqualTo(bodies(group(0, 1)));
    assertThat(bodies(others)).isEqualTo(bodies(group(1, 3)));
    assertThat(queue.poll(10)).isEmpty();
    queue.delete(first.getFirst());
    assertThat(bodies(queue.next(10))).isEqualTo(bodies(group(0, 2)));
  }

  @Test
  void whatIsGivenBackKeepsItsLaterOnesBehindIt() {
    var queue = fifo();
    sendAll(queue, group(0, 1, 2, 3));

    queue.changeVisibility(queue.next(1).getFirst(), Duration.ZERO);

    var again = queue.next(1).getFirst();
    assertThat(again.body()).isEqualTo(body(group(0, 1).getFirst()));
    assertThat(again.receives()).isEqualTo(2);
    assertThat(queue.poll(10)).isEmpty();
    queue.delete(again);
    assertThat(bodies(queue.next(1))).isEqualTo(bodies(group(0, 2)));
  }

  @Test
  void aGroupStaysLockedWhileAnyOfItIsInFlight() {
    var queue = fifo();
    sendAll(queue, group(0, 1, 2, 3));
    var both = queue.next(2);

    queue.changeVisibility(both.getFirst(), Duration.ZERO);

    var early = queue.poll(1);
    if (queue.gaps().contains(Gap.A_GROUP_IS_UNLOCKED_BY_ANY_OF_ITS_MESSAGES)) {
      assertThat(bodies(early)).isEqualTo(bodies(group(0, 1)));
    } else {
      assertThat(early).isEmpty();
      queue.delete(both.getLast());
      assertThat(bodies(queue.next(2))).isEqualTo(bodies(group(0, 1, 3)));
    }
  }

  @Test
  void theSameDeduplicationIdIsTakenOnce() {
    var queue = fifo();
    var task = group(0, 1).getFirst();

    assertThat(queue.outbox().send(task, soon(queue)).join()).isTrue();
    assertThat(queue.outbox().send(task, soon(queue)).join()).isTrue();
    queue.delete(queue.next(10).getFirst());
    assertThat(queue.outbox().send(task, soon(queue)).join()).isTrue();

    assertThat(queue.depth()).isZero();
    assertThat(queue.poll(10)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatWasReceivedTooOftenIsADeadLetter(boolean fifo) {
    var queue = queue(new Setting(fifo, LONG, 2));
    send(queue, 1);

    for (var i = 0; i < 2; i++) {
      queue.changeVisibility(queue.next(1).getFirst(), Duration.ZERO);
    }

    assertThat(queue.poll(1)).isEmpty();
    var letter = queue.deadLetters().next(1).getFirst();
    assertThat(letter.body()).isEqualTo(body(task(1)));
    assertThat(letter.groupId()).isEqualTo(fifo ? "host-group-0" : "");
    assertThat(queue.depth()).isZero();
  }

  @Test
  void aDeadLetterFreesItsGroup() {
    var queue = queue(new Setting(true, LONG, 1));
    sendAll(queue, group(0, 1, 2));

    queue.changeVisibility(queue.next(1).getFirst(), Duration.ZERO);

    assertThat(bodies(queue.next(1))).isEqualTo(bodies(group(0, 2)));
  }

  @Test
  void aDelayIsKept() {
    var queue = queue(new Setting(false, LONG, NEVER));
    var before = queue.nanoTime();

    assertThat(queue.outbox().sendLater(task(1), SHORT, soon(queue)).join()).isTrue();

    assertThat(queue.depth()).isEqualTo(1);
    assertThat(queue.next(1).getFirst().receives()).isEqualTo(1);
    assertThat(Duration.ofNanos(queue.nanoTime() - before))
        .isGreaterThanOrEqualTo(SHORT.minusMillis(100));
  }

  @Test
  void aFifoQueueDelaysNoMessage() {
    var outbox = fifo().outbox();

    assertThatThrownBy(() -> outbox.sendLater(task(1), SHORT, Deadline.NEVER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("delay must be at most PT0S, got PT2S");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBurstOfLargeMessagesArrivesWholeAndOnce(boolean fifo) {
    var queue = queue(new Setting(fifo, LONG, NEVER));
    var tasks =
        IntStream.range(0, 25)
            .mapToObj(i -> task(i, i, "http://x.test/" + "x".repeat(200 * 1024) + i))
            .toList();

    var sends = tasks.stream().map(task -> queue.outbox().send(task, soon(queue))).toList();
    assertThat(sends).allMatch(CompletableFuture::join);

    var bodies = new ArrayList<String>();
    while (bodies.size() < 25) {
      var got = queue.next(10);
      assertThat(got).hasSizeLessThanOrEqualTo(10);
      bodies.addAll(bodies(got));
    }
    assertThat(bodies).containsExactlyInAnyOrderElementsOf(bodies(tasks));
    assertThat(queue.poll(10)).isEmpty();
  }

  @Test
  void aMessageOverOneMebibyteIsRefusedAndNoOther() {
    var queue = queue(new Setting(false, LONG, NEVER));

    var large = queue.outbox().send(task(1, 0, "x".repeat(1024 * 1024)), soon(queue));
    var other = queue.outbox().send(task(2), soon(queue));

    assertThatThrownBy(large::join).isInstanceOf(Exception.class);
    assertThat(other.join()).isTrue();
    assertThat(bodies(queue.next(10))).containsExactly(body(task(2)));
  }

  @Test
  void allThatIsNotDeletedCounts() {
    var queue = queue(new Setting(false, LONG, NEVER));
    send(queue, 1);
    send(queue, 2);
    queue.outbox().sendLater(task(3), LONG, soon(queue)).join();

    queue.next(1);

    assertThat(queue.depth()).isEqualTo(3);
  }

  @Test
  void aDeadlineThatHasPassedSendsNothing() {
    var queue = queue(new Setting(false, LONG, NEVER));

    assertThat(queue.outbox().send(task(1), Deadline.in(Duration.ZERO)).join()).isFalse();

    assertThat(queue.depth()).isZero();
  }

  private AnyQueue fifo() {
    return queue(new Setting(true, LONG, NEVER));
  }

  private static Deadline soon(AnyQueue queue) {
    return Deadline.in(Duration.ofMinutes(1), queue::nanoTime);
  }

  private static void send(AnyQueue queue, int number) {
    assertThat(queue.outbox().send(task(number), soon(queue)).join()).isTrue();
  }

  /// Sends that wait for each other: the channel itself promises no order.
  private static void sendAll(AnyQueue queue, List<FetchTask> tasks) {
    var sends = tasks.stream().map(task -> queue.outbox().send(task, soon(queue))).toList();
    assertThat(sends).allMatch(CompletableFuture::join);
  }

  private static List<FetchTask> group(int hostGroup, int... numbers) {
    return Arrays.stream(numbers)
        .mapToObj(number -> task(number, hostGroup, "http://x.test/" + number))
        .toList();
  }

  private static FetchTask task(int number) {
    return task(number, 0, "http://x.test/" + number);
  }

  private static FetchTask task(int number, int hostGroup, String url) {
    return new FetchTask(
        new JobId("contract"),
        0,
        TaskId.planned(number),
        hostGroup,
        List.of(Target.first(number + 1, url, "x")),
        Instant.EPOCH);
  }

  private static String body(FetchTask task) {
    return Json.write(task);
  }

  private static List<String> bodies(List<?> messages) {
    return messages.stream()
        .map(message ->
            switch (message) {
              case Got got -> got.body();
              case FetchTask task -> body(task);
              default -> throw new IllegalArgumentException("no message: " + message);
            })
        .toList();
  }
}
