package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/// The channel's own decisions, against a queue that answers as it is told. What real servers do is
/// in the contracts of `local`.
///
/// Long for its cases, all of which are of one channel, one fake queue and the time that it brings.
class SqsChannelTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /// After which the depth was asked again.
  private static final Duration ROUND = Duration.ofMillis(1_600);

  private static final Duration FIVE_MILLIS = Duration.ofMillis(5);

  private final FakeQueue queue = new FakeQueue();

  @Test
  void whatIsSentWhileABatchIsOnItsWayFormsTheNextOfAtMostTen() {
    var channel = unbounded("standard", 1);

    var sends = send(channel, 0, 25);
    while (queue.open() > 0) {
      queue.next().takeAll();
    }

    assertThat(queue.batches).containsExactly(1, 10, 10, 4);
    assertThat(sends).allMatch(CompletableFuture::resultNow);
    assertThat(queue.taken).doesNotHaveDuplicates().hasSize(25);
  }

  @Test
  void neverMoreBatchesAreOnTheirWayThanItsConcurrency() {
    var channel = unbounded("standard", 3);

    send(channel, 0, 100);

    assertThat(queue.open()).isEqualTo(3);
    queue.next().takeAll();
    assertThat(queue.open()).isEqualTo(3);
  }

  @Test
  void aBatchEndsBeforeItWouldPassOneMebibyte() {
    var channel = unbounded("standard", 1);

    var sends = IntStream.range(0, 25).mapToObj(i -> channel.send(large(i), in(60))).toList();
    while (queue.open() > 0) {
      var batch = queue.next();
      assertThat(batch.entries.stream().mapToInt(entry -> entry.messageBody().length()).sum())
          .isLessThan(1024 * 1024);
      batch.takeAll();
    }

    assertThat(sends).allMatch(CompletableFuture::resultNow);
    assertThat(queue.taken).doesNotHaveDuplicates().hasSize(25);
    assertThat(queue.batches).containsExactly(1, 5, 5, 5, 5, 4);
  }

  @Test
  void onlyTheEntryThatWasRefusedIsSentAgain() {
    var channel = unbounded("standard", 1);
    send(channel, 0, 1);
    var sends = send(channel, 1, 4);
    queue.next().takeAll();

    queue.next().refuse(false, 2);
    queue.pass(SECOND);
    queue.next().takeAll();

    assertThat(queue.batches).containsExactly(1, 3, 1);
    assertThat(sends).allMatch(CompletableFuture::resultNow);
    assertThat(queue.taken).containsExactly(body(0), body(1), body(2), body(3));
  }

  @Test
  void whatTheSenderIsToBlameForIsNotSentAgain() {
    var sends = send(unbounded("standard", 1), 0, 1);

    queue.next().refuse(true, 0);
    queue.pass(SECOND.multipliedBy(60));

    assertThat(queue.batches).containsExactly(1);
    assertThatThrownBy(sends.getFirst()::join)
        .hasRootCauseMessage("the queue refused a message: Refused not now");
  }

  @Test
  void afterEightRefusalsASendFails() {
    var sends = send(unbounded("standard", 1), 0, 1);

    for (var i = 0; i < 8; i++) {
      queue.next().refuse(false, 0);
      queue.pass(SECOND.multipliedBy(10));
    }

    assertThat(queue.open()).isZero();
    assertThatThrownBy(sends.getFirst()::join).hasMessageContaining("refused a message");
  }

  /// The next turn of what was refused may be 100 ms away, and later ones seconds.
  @Test
  void theDeadlineOfWhatWasRefusedDoesNotWaitForItsNextTurn() {
    var send = unbounded("standard", 1).send(task(0), Deadline.in(FIVE_MILLIS, queue::nanoTime));

    for (var i = 0; i < 6; i++) {
      while (queue.open() > 0) {
        queue.next().refuse(false, 0);
      }
      queue.pass(Duration.ofMillis(1));
    }

    assertThat(send.resultNow()).isFalse();
    assertThat(queue.taken).isEmpty();
  }

  /// Tasks 0, 16, 32 are of one group.
  @Test
  void aGroupHasOneBatchOnItsWayAndOthersPassIt() {
    var channel = unbounded("queue.fifo", 2);
    IntStream.of(0, 16, 1, 32, 2).forEach(number -> channel.send(task(number), in(60)));

    var first = queue.next();
    queue.next().takeAll();
    queue.next().takeAll();
    assertThat(queue.taken).containsExactly(body(1), body(2));
    assertThat(queue.open()).isZero();
    first.takeAll();
    queue.next().takeAll();

    assertThat(queue.taken).containsExactly(body(1), body(2), body(0), body(16), body(32));
  }

  @Test
  void aGroupKeepsItsOrderThoughItExceedsOneMebibyte() {
    var channel = unbounded("queue.fifo", 4);
    var numbers = IntStream.range(0, 25).map(i -> 16 * i).toArray();

    for (var number : numbers) {
      channel.send(large(number), in(60));
    }
    while (queue.open() > 0) {
      assertThat(queue.open()).isEqualTo(1);
      queue.next().takeAll();
    }

    assertThat(queue.taken)
        .containsExactlyElementsOf(
            IntStream.of(numbers).mapToObj(number -> Json.write(large(number))).toList());
  }

  @Test
  void aGroupGoesOnWhenOneOfItFailedOrWasWithdrawn() {
    var channel = unbounded("queue.fifo", 2);
    var failed = channel.send(task(0), in(60));
    var withdrawn = channel.send(task(1), in(60));
    IntStream.of(16, 17).forEach(number -> channel.send(task(number), in(60)));

    queue.next().fail(new IllegalStateException("gone"));
    queue.next().refuse(false, 0);
    withdrawn.cancel(true);
    queue.pass(SECOND);
    while (queue.open() > 0) {
      queue.next().takeAll();
    }

    assertThat(failed).isCompletedExceptionally();
    assertThat(queue.taken).containsExactly(body(16), body(17));
  }

  @Test
  void aGroupGoesOnWhenTheDeadlineOfOneThatWasRefusedPasses() {
    var channel = unbounded("queue.fifo", 2);
    var late = channel.send(task(0), Deadline.in(FIVE_MILLIS, queue::nanoTime));
    channel.send(task(16), in(60));

    for (var i = 0; i < 6; i++) {
      while (queue.open() > 0 && !late.isDone()) {
        queue.next().refuse(false, 0);
      }
      queue.pass(Duration.ofMillis(1));
    }
    queue.next().takeAll();

    assertThat(late.resultNow()).isFalse();
    assertThat(queue.taken).containsExactly(body(16));
  }

  @Test
  void aGroupKeepsItsOrderThoughSomeOfItWereRefused() {
    var channel = unbounded("queue.fifo", 4);
    var sends = IntStream.of(0, 16, 32).mapToObj(i -> channel.send(task(i), in(60))).toList();

    queue.next().refuse(false, 0);
    assertThat(queue.open()).isZero();
    queue.pass(SECOND);
    queue.next().takeAll();
    queue.next().takeAll();

    assertThat(queue.entries)
        .extracting(SendMessageBatchRequestEntry::messageGroupId)
        .containsOnly("host-group-0");
    assertThat(queue.taken).containsExactly(body(0), body(16), body(32));
    assertThat(sends).allMatch(CompletableFuture::resultNow);
  }

  @Test
  void aCallThatFailsFailsEachOfItsSendsAndNoOther() {
    var channel = unbounded("standard", 1);
    var first = send(channel, 0, 1);
    var second = send(channel, 1, 3);

    queue.next().fail(new CompletionException(new IllegalArgumentException("no such queue")));
    queue.next().takeAll();

    assertThatThrownBy(first.getFirst()::join)
        .hasMessageContaining("the queue took no batch: https://sqs.test/standard")
        .hasRootCauseMessage("no such queue");
    assertThat(second).allMatch(CompletableFuture::resultNow);
  }

  @Test
  void aMessageThatTheAnswerLeavesOutFails() {
    var sends = send(unbounded("standard", 1), 0, 1);

    queue.next().sayNothing();

    assertThatThrownBy(sends.getFirst()::join).hasMessageContaining("leaves a message out");
  }

  /// Each call fails before it returns: were the next one begun inside, the stack would overflow.
  @Test
  void aClosedClientFailsThirtyThousandSendsOnOneStack() {
    var channel = unbounded("standard", 1);
    var sends = send(channel, 0, 30_000);
    queue.close();

    queue.next().takeAll();

    assertThat(sends.subList(1, 30_000)).allMatch(CompletableFuture::isCompletedExceptionally);
  }

  @Test
  void thirtyThousandSendsThatAreAnsweredAtOnceNeedOneStack() {
    var channel = unbounded("standard", 1);
    var sends = send(channel, 0, 30_000);
    queue.eager = true;

    queue.next().takeAll();

    assertThat(sends).allMatch(CompletableFuture::resultNow);
    assertThat(queue.taken).hasSize(30_000);
  }

  @Test
  void sendsWaitFromTheHighWaterMarkUntilBelowTheLowOne() {
    var channel = bounded(10, 5);
    queue.eager = true;
    queue.depth = 4;

    var sends = send(channel, 0, 8);
    assertThat(queue.taken).hasSize(6);
    queue.depth = 10;
    queue.pass(ROUND);
    queue.depth = 5;
    queue.pass(ROUND);
    assertThat(queue.taken).hasSize(6);
    queue.depth = 4;
    queue.pass(ROUND);

    assertThat(sends).allMatch(CompletableFuture::resultNow);
  }

  /// The environment of an invocation sleeps, and its next one comes when others filled the queue.
  @Test
  void roomThatWasSeenLongAgoIsNoRoom() {
    var channel = bounded(10, 5);
    queue.eager = true;
    send(channel, 0, 1);
    queue.pass(SECOND.multipliedBy(5));
    queue.depth = 8;

    send(channel, 1, 9);

    assertThat(queue.taken).as("one, and what was missing to the mark").hasSize(1 + 2);
  }

  @Test
  void roomThatWasSeenLongAgoIsNoRoomThoughTheQueueDoesNotTell() {
    var channel = bounded(10, 5);
    queue.eager = true;
    send(channel, 0, 1);
    queue.pass(SECOND.multipliedBy(5));
    queue.mute = true;

    send(channel, 1, 9);

    assertThat(queue.taken).hasSize(1);
  }

  @Test
  void aBatchThatHangsHoldsUpNoOther() {
    var channel = bounded(10, 5);
    send(channel, 0, 1);
    queue.pass(SECOND.multipliedBy(5));

    send(channel, 1, 2);
    queue.pass(SECOND.multipliedBy(2));

    assertThat(queue.asked).isEqualTo(2);
    assertThat(queue.open()).isEqualTo(2);
  }

  @Test
  void nobodyIsAskedWhileABatchIsOnItsWay() {
    var channel = bounded(10, 5);
    send(channel, 0, 1);
    queue.pass(SECOND.multipliedBy(5));

    send(channel, 1, 2);
    assertThat(queue.asked).isEqualTo(1);
    queue.next().takeAll();

    assertThat(queue.asked).isEqualTo(2);
  }

  @Test
  void whatWaitsDownstreamCountsToTheMark() {
    var channel = channel(List.of("standard", "next"), new Level.Marks(10, 5), 2);
    queue.eager = true;
    queue.depth = 3;
    queue.depths.put("next", 4L);

    var sends = send(channel, 0, 8);
    assertThat(queue.taken).hasSize(3);
    queue.depth = 0;
    queue.depths.put("next", 10L);
    queue.pass(ROUND);
    assertThat(queue.taken).hasSize(3);
    queue.depths.put("next", 4L);
    queue.pass(ROUND);

    assertThat(sends).allMatch(CompletableFuture::resultNow);
  }

  @Test
  void aQueueDownstreamThatDoesNotTellItsDepthFailsWhatWaits() {
    var channel = channel(List.of("standard", "next"), new Level.Marks(10, 5), 2);
    queue.depths.put("next", -1L);

    var send = channel.send(task(0), Deadline.NEVER);
    queue.pass(ROUND.multipliedBy(4));

    assertThat(send).isDone();
    assertThatThrownBy(send::join)
        .hasMessageContaining("does not tell how much it holds: https://sqs.test/next")
        .hasRootCauseMessage("access denied");
  }

  @Test
  void itTellsHowLongItHeldSendsBack() {
    var channel = bounded(10, 5);
    queue.eager = true;
    queue.depth = 10;
    assertThat(channel.heldBack()).isZero();

    send(channel, 0, 2);
    queue.pass(SECOND.multipliedBy(3));
    assertThat(channel.heldBack()).isEqualTo(SECOND.multipliedBy(3));
    queue.depth = 0;
    queue.pass(SECOND.multipliedBy(60)); // there is room, and nobody waits
    var first = channel.heldBack();
    assertThat(first).isBetween(SECOND.multipliedBy(3), SECOND.multipliedBy(5));

    queue.depth = 10;
    IntStream.range(2, 30).forEach(i -> channel.send(task(i), in(4)));
    queue.pass(SECOND.multipliedBy(60)); // most wait, for four of them
    assertThat(channel.heldBack().minus(first))
        .isBetween(SECOND.multipliedBy(3), SECOND.multipliedBy(5));
  }

  @Test
  void theDepthIsAskedAtMostOnceASecond() {
    var channel = bounded(10, 5);
    queue.depth = 10;

    send(channel, 0, 100);
    queue.pass(SECOND.multipliedBy(10).plusMillis(50));

    assertThat(queue.asked).isBetween(7, 11);
    assertThat(queue.entries).isEmpty();
  }

  /// Of two that wait, the one that always looked just after the other got no room for 20 s.
  @Test
  void itIsAskedInNoRhythm() {
    var channel = bounded(10, 5);
    queue.depth = 10;

    send(channel, 0, 1);
    var gaps = new ArrayList<Integer>();
    for (var gap = 0; gaps.size() < 20; gap++) {
      var before = queue.asked;
      queue.pass(Duration.ofMillis(100));
      if (queue.asked > before) {
        gaps.add(gap);
        gap = 0;
      }
    }

    assertThat(Set.copyOf(gaps)).hasSizeGreaterThan(2);
  }

  @Test
  void nobodyIsAskedWhileNothingWaits() {
    var channel = bounded(10, 5);
    queue.eager = true;

    send(channel, 0, 1);
    queue.pass(SECOND.multipliedBy(60));

    assertThat(queue.asked).isEqualTo(1);
  }

  @Test
  void aDeadlineThatPassesAtTheMarkGivesFalseAndSendsNothing() {
    var channel = bounded(10, 5);
    queue.depth = 10;

    var send = channel.send(task(0), in(3));
    var longer = channel.send(task(1), in(60));
    queue.pass(SECOND.multipliedBy(3));
    queue.pass(Duration.ofMillis(100));
    assertThat(send.resultNow()).isFalse();
    queue.depth = 0;
    queue.eager = true;
    queue.pass(ROUND);

    assertThat(longer.resultNow()).isTrue();
    assertThat(queue.taken).containsExactly(body(1));
  }

  @Test
  void aDeadlineThatHasPassedSendsNothing() {
    var send = unbounded("standard", 1).send(task(0), in(0));

    assertThat(send.resultNow()).isFalse();
    assertThat(queue.batches).isEmpty();
  }

  @Test
  void aSendThatIsCancelledAtTheMarkIsWithdrawn() {
    var channel = bounded(10, 5);
    queue.depth = 10;
    var sends = send(channel, 0, 2);

    sends.getFirst().cancel(true);
    queue.depth = 0;
    queue.eager = true;
    queue.pass(ROUND);

    assertThat(queue.taken).containsExactly(body(1));
  }

  @Test
  void sendLaterDoesNotWaitAtTheMark() {
    var channel = bounded(10, 5);
    queue.depth = 10;
    var waits = channel.send(task(0), in(60));

    var later = channel.sendLater(task(1), Duration.ofMillis(1_001), in(60));
    queue.next().takeAll();

    assertThat(later.resultNow()).isTrue();
    assertThat(waits).isNotDone();
    assertThat(queue.entries.getFirst().delaySeconds()).isEqualTo(2);
  }

  @Test
  void aQueueThatDoesNotTellItsDepthFailsWhatWaits() {
    var channel = bounded(10, 5);
    queue.mute = true;

    var send = channel.send(task(0), Deadline.NEVER);
    while (queue.asked < 5) {
      assertThat(send).as("asked %d times", queue.asked).isNotDone();
      queue.pass(Duration.ofMillis(100));
    }

    assertThatThrownBy(send::join)
        .hasMessageContaining("does not tell how much it holds")
        .hasRootCauseMessage("access denied");
  }

  @Test
  void oneQuestionThatFailsIsAskedAgain() {
    var channel = bounded(10, 5);
    queue.mute = true;
    var send = channel.send(task(0), in(60));
    queue.mute = false;

    queue.pass(ROUND);
    queue.next().takeAll();

    assertThat(send.resultNow()).isTrue();
  }

  /// Each send looked at all that wait before it: 25,600 took 16 s.
  @Test
  void aSendLooksAtNothingButItself() {
    var reads = new AtomicLong();
    var channel = bounded(10, 5);
    queue.depth = 10;
    var deadline =
        Deadline.in(
            Duration.ofMinutes(1),
            () -> {
              reads.incrementAndGet();
              return queue.nanoTime();
            });

    for (var i = 0; i < 25_600; i++) {
      channel.send(task(i), deadline);
    }

    assertThat(reads.get()).isLessThan(2 * 25_600);
  }

  @Test
  void aDelayThatAQueueCannotKeepIsRefused() {
    var standard = unbounded("standard", 1);
    var fifo = unbounded("queue.fifo", 1);

    assertThatThrownBy(() -> standard.sendLater(task(0), Duration.ofSeconds(901), in(1)))
        .hasMessage("delay must be at most PT15M, got PT15M1S");
    assertThatThrownBy(() -> standard.sendLater(task(0), Duration.ofSeconds(-1), in(1)))
        .hasMessage("delay must be at most PT15M, got PT-1S");
    assertThatThrownBy(() -> fifo.sendLater(task(0), Duration.ofSeconds(1), in(1)))
        .hasMessage("delay must be at most PT0S, got PT1S");
  }

  @Test
  void onlyAFifoQueueIsToldGroupsAndDeduplicationIds() {
    unbounded("standard", 1).send(task(3), in(60));
    unbounded("queue.fifo", 1).send(task(3), in(60));

    var standard = queue.entries.get(0);
    var fifo = queue.entries.get(1);
    assertThat(standard.messageGroupId()).isNull();
    assertThat(standard.messageDeduplicationId()).isNull();
    assertThat(fifo.messageGroupId()).isEqualTo("host-group-3");
    assertThat(fifo.messageDeduplicationId()).isEqualTo("spring-0-0003-0");
  }

  @Test
  void misuseIsASentence() {
    assertThatThrownBy(() -> bounded(5, 6))
        .hasMessage("low-water mark must not exceed the high-water mark 5, got 6");
    assertThatThrownBy(() -> unbounded("standard", 0))
        .hasMessage("sendConcurrency must be at least 1, got 0");
  }

  private SqsChannel<FetchTask> unbounded(String name, int sendConcurrency) {
    return channel(List.of(name), Level.Marks.NONE, sendConcurrency);
  }

  private SqsChannel<FetchTask> bounded(long high, long low) {
    return channel(List.of("standard"), new Level.Marks(high, low), 2);
  }

  private SqsChannel<FetchTask> channel(
      List<String> names, Level.Marks marks, int sendConcurrency) {
    var urls = names.stream().map(name -> "https://sqs.test/" + name).toList();
    return new SqsChannel<>(queue, urls, marks, sendConcurrency, queue::nanoTime, queue);
  }

  private List<CompletableFuture<Boolean>> send(
      SqsChannel<FetchTask> channel, int from, int until) {
    var sends = new ArrayList<CompletableFuture<Boolean>>();
    for (var i = from; i < until; i++) {
      sends.add(channel.send(task(i), in(600)));
    }
    return sends;
  }

  private Deadline in(long seconds) {
    return Deadline.in(Duration.ofSeconds(seconds), queue::nanoTime);
  }

  private static FetchTask task(int number) {
    return task(number, "http://x.test/" + number);
  }

  private static FetchTask large(int number) {
    return task(number, "http://x.test/" + "x".repeat(200 * 1024) + number);
  }

  private static FetchTask task(int number, String url) {
    return new FetchTask(
        new JobId("spring"),
        0,
        TaskId.planned(number),
        number % 16,
        List.of(Target.first(number + 1, url, "x")),
        Instant.EPOCH);
  }

  private static String body(int number) {
    return Json.write(task(number));
  }
}
