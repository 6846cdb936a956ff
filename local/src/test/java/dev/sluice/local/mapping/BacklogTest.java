package dev.sluice.local.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.Message;

/// What may be handed over, and when. A record is named by its group and number: `a1`, `a2`, `b1`.
class BacklogTest {
  private static final int MANY_BYTES = 1_000_000;
  private static final long VISIBILITY = Duration.ofSeconds(30).toNanos();

  private long now;

  private static Backlog fifo(int mostMessages) {
    return new Backlog(true, mostMessages, MANY_BYTES, VISIBILITY);
  }

  private static Backlog standard(int mostMessages, int mostBytes) {
    return new Backlog(false, mostMessages, mostBytes, VISIBILITY);
  }

  private static EventRecord record(String name, int bytes, String receipt) {
    var message = Message.builder().messageId(name).receiptHandle(receipt).build();
    return new EventRecord(message, name.substring(0, 1), name, bytes);
  }

  private static List<EventRecord> records(String... names) {
    return Arrays.stream(names).map(name -> record(name, 100, "first")).toList();
  }

  private static List<String> names(List<EventRecord> records) {
    return records.stream().map(EventRecord::id).toList();
  }

  @Test
  void aGroupIsWithOneInvocationAtATimeAndOthersGoOn() {
    var backlog = fifo(1);
    backlog.add(records("a1", "a2", "b1"), now);

    var first = backlog.next();
    var second = backlog.next();

    assertThat(names(first)).containsExactly("a1");
    assertThat(names(second)).containsExactly("b1");
    assertThat(backlog.next()).isEmpty();
    backlog.ended(first, Set.of(), now);
    assertThat(names(backlog.next())).containsExactly("a2");
  }

  @Test
  void aBatchMayHoldSeveralOfAGroupInOrderAndSeveralGroups() {
    var backlog = fifo(10);
    backlog.add(records("a1", "a2", "b1", "a3"), now);

    assertThat(names(backlog.next())).containsExactly("a1", "a2", "b1", "a3");
  }

  @Test
  void whatTheServerGivesOfALockedGroupWaitsAndGoesNextIfItIsWhatFailed() {
    var backlog = fifo(10);
    backlog.add(records("a1", "a2"), now);
    var running = backlog.next();

    backlog.add(List.of(record("a1", 100, "second"), record("a2", 100, "second")), now);

    assertThat(backlog.next()).isEmpty();
    backlog.ended(running, Set.of("a1", "a2"), now);
    assertThat(backlog.next())
        .extracting(record -> record.id() + " " + record.message().receiptHandle())
        .containsExactly("a1 second", "a2 second");
  }

  @Test
  void whatWouldOvertakeAFailedMessageIsDropped() {
    var backlog = fifo(1);
    backlog.add(records("a1", "a2", "b1"), now);
    var running = backlog.next();

    backlog.ended(running, Set.of("a1"), now);

    assertThat(names(backlog.next())).containsExactly("b1");
    assertThat(backlog.next()).isEmpty();
    backlog.add(List.of(record("a1", 100, "second"), record("a2", 100, "second")), now);
    assertThat(names(backlog.next())).containsExactly("a1");
  }

  @Test
  void aFailureInOneGroupDropsNothingOfAnother() {
    var backlog = fifo(2);
    backlog.add(records("a1", "b1", "a2", "b2"), now);
    var running = backlog.next();

    backlog.ended(running, Set.of("a1"), now);

    assertThat(names(backlog.next())).containsExactly("b2");
  }

  @Test
  void aMessageThatComesAgainKeepsItsPlaceAndHasTheNewReceipt() {
    var backlog = fifo(10);
    backlog.add(records("a1", "a2"), now);

    backlog.add(List.of(record("a1", 100, "second")), now);

    assertThat(backlog.next())
        .extracting(record -> record.id() + " " + record.message().receiptHandle())
        .containsExactly("a1 second", "a2 first");
  }

  @Test
  void aBatchIsCutSoThatItsEventFits() {
    var two = EventRecord.ENVELOPE_BYTES + 100 + 1 + 100;
    var exact = standard(10, two);
    var oneByteLess = standard(10, two - 1);

    exact.add(records("a1", "a2", "a3"), now);
    oneByteLess.add(records("a1", "a2"), now);

    assertThat(names(exact.next())).containsExactly("a1", "a2");
    assertThat(names(exact.next())).containsExactly("a3");
    assertThat(names(oneByteLess.next())).containsExactly("a1");
    assertThat(names(oneByteLess.next())).containsExactly("a2");
  }

  @Test
  void aCutBatchLeavesTheRestOfItsGroupUntilItHasEnded() {
    var backlog = new Backlog(true, 10, EventRecord.ENVELOPE_BYTES + 250, VISIBILITY);
    backlog.add(records("a1", "a2", "a3", "a4"), now);

    var running = backlog.next();

    assertThat(names(running)).containsExactly("a1", "a2");
    assertThat(backlog.next()).isEmpty();
    backlog.ended(running, Set.of(), now);
    assertThat(names(backlog.next())).containsExactly("a3", "a4");
  }

  @Test
  void aMessageThatIsTooLargeForAnyEventIsGivenBackAndKeepsItsGroupBehindIt() {
    var backlog = new Backlog(true, 10, EventRecord.ENVELOPE_BYTES + 250, VISIBILITY);

    var tooLarge =
        backlog.add(
            List.of(
                record("a1", 251, "first"), record("a2", 100, "first"), record("b1", 250, "first")),
            now);

    assertThat(names(tooLarge)).containsExactly("a1");
    assertThat(names(backlog.next())).containsExactly("b1");
    assertThat(backlog.isEmpty()).isTrue();
  }

  @Test
  void onAStandardQueueATooLargeMessageHoldsNobodyUp() {
    var backlog = standard(10, EventRecord.ENVELOPE_BYTES + 250);

    backlog.add(List.of(record("a1", 251, "first"), record("a2", 100, "first")), now);

    assertThat(names(backlog.next())).containsExactly("a2");
  }

  @Test
  void aStandardQueueIsAskedForWhatTheBatchStillLacksAtMostTen() {
    var backlog = standard(12, MANY_BYTES);

    assertThat(backlog.room()).isEqualTo(10);
    backlog.add(records("a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"), now);
    assertThat(backlog.room()).isEqualTo(2);
    assertThat(backlog.isFull()).isFalse();
    backlog.add(records("b0", "b1"), now);
    assertThat(backlog.isFull()).isTrue();
  }

  @Test
  void aBatchIsFullWhenItsEventIs() {
    var backlog = standard(10_000, 300);

    backlog.add(records("a1"), now);
    assertThat(backlog.isFull()).isFalse();
    backlog.add(records("a2", "a3"), now);
    assertThat(backlog.isFull()).isTrue();
    backlog.next();
    assertThat(backlog.isFull()).isFalse();
  }

  @Test
  void aQueueIsIdleOnlyWhenNothingOfItCanBeInFlight() {
    var backlog = fifo(1);
    assertThat(backlog.isIdle(now)).isTrue();

    backlog.add(records("a1"), now);
    assertThat(backlog.isIdle(now)).isFalse();
    var running = backlog.next();
    assertThat(backlog.isIdle(now)).isFalse();
    backlog.ended(running, Set.of("a1"), now);

    now += VISIBILITY - 1;
    assertThat(backlog.isIdle(now)).as("what failed may still be invisible").isFalse();
    now += 1;
    assertThat(backlog.isIdle(now)).isTrue();
  }
}
