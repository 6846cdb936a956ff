package dev.sluice.local.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.Message;

/// What may be handed over, and when. A record is named by its group and number: `a1`, `a2`, `b1`.
class ShelfTest {
  private static final int MANY_BYTES = 1_000_000;
  private static final long VISIBILITY = Duration.ofSeconds(30).toNanos();

  private long now;

  private static Shelf fifo(int mostMessages) {
    return new Shelf(true, mostMessages, MANY_BYTES, VISIBILITY);
  }

  private static Shelf standard(int mostMessages, int mostBytes) {
    return new Shelf(false, mostMessages, mostBytes, VISIBILITY);
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
    var shelf = fifo(1);
    shelf.add(records("a1", "a2", "b1"), now);

    var first = shelf.next();
    var second = shelf.next();

    assertThat(names(first)).containsExactly("a1");
    assertThat(names(second)).containsExactly("b1");
    assertThat(shelf.next()).isEmpty();
    shelf.ended(first, Set.of(), now);
    assertThat(names(shelf.next())).containsExactly("a2");
  }

  @Test
  void aBatchMayHoldSeveralOfAGroupInOrderAndSeveralGroups() {
    var shelf = fifo(10);
    shelf.add(records("a1", "a2", "b1", "a3"), now);

    assertThat(names(shelf.next())).containsExactly("a1", "a2", "b1", "a3");
  }

  @Test
  void whatTheServerGivesOfALockedGroupWaitsAndGoesNextIfItIsWhatFailed() {
    var shelf = fifo(10);
    shelf.add(records("a1", "a2"), now);
    var running = shelf.next();

    shelf.add(List.of(record("a1", 100, "second"), record("a2", 100, "second")), now);

    assertThat(shelf.next()).isEmpty();
    shelf.ended(running, Set.of("a1", "a2"), now);
    assertThat(shelf.next())
        .extracting(record -> record.id() + " " + record.message().receiptHandle())
        .containsExactly("a1 second", "a2 second");
  }

  @Test
  void whatWouldOvertakeAFailedMessageIsDropped() {
    var shelf = fifo(1);
    shelf.add(records("a1", "a2", "b1"), now);
    var running = shelf.next();

    shelf.ended(running, Set.of("a1"), now);

    assertThat(names(shelf.next())).containsExactly("b1");
    assertThat(shelf.next()).isEmpty();
    shelf.add(List.of(record("a1", 100, "second"), record("a2", 100, "second")), now);
    assertThat(names(shelf.next())).containsExactly("a1");
  }

  @Test
  void aFailureInOneGroupDropsNothingOfAnother() {
    var shelf = fifo(2);
    shelf.add(records("a1", "b1", "a2", "b2"), now);
    var running = shelf.next();

    shelf.ended(running, Set.of("a1"), now);

    assertThat(names(shelf.next())).containsExactly("b2");
  }

  @Test
  void aMessageThatComesAgainKeepsItsPlaceAndHasTheNewReceipt() {
    var shelf = fifo(10);
    shelf.add(records("a1", "a2"), now);

    shelf.add(List.of(record("a1", 100, "second")), now);

    assertThat(shelf.next())
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
    var shelf = new Shelf(true, 10, EventRecord.ENVELOPE_BYTES + 250, VISIBILITY);
    shelf.add(records("a1", "a2", "a3", "a4"), now);

    var running = shelf.next();

    assertThat(names(running)).containsExactly("a1", "a2");
    assertThat(shelf.next()).isEmpty();
    shelf.ended(running, Set.of(), now);
    assertThat(names(shelf.next())).containsExactly("a3", "a4");
  }

  @Test
  void aMessageThatIsTooLargeForAnyEventIsGivenBackAndKeepsItsGroupBehindIt() {
    var shelf = new Shelf(true, 10, EventRecord.ENVELOPE_BYTES + 250, VISIBILITY);

    var tooLarge =
        shelf.add(
            List.of(
                record("a1", 251, "first"), record("a2", 100, "first"), record("b1", 250, "first")),
            now);

    assertThat(names(tooLarge)).containsExactly("a1");
    assertThat(names(shelf.next())).containsExactly("b1");
    assertThat(shelf.isEmpty()).isTrue();
  }

  @Test
  void onAStandardQueueATooLargeMessageHoldsNobodyUp() {
    var shelf = standard(10, EventRecord.ENVELOPE_BYTES + 250);

    shelf.add(List.of(record("a1", 251, "first"), record("a2", 100, "first")), now);

    assertThat(names(shelf.next())).containsExactly("a2");
  }

  @Test
  void aStandardQueueIsAskedForWhatTheBatchStillLacksAtMostTen() {
    var shelf = standard(12, MANY_BYTES);

    assertThat(shelf.room()).isEqualTo(10);
    shelf.add(records("a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"), now);
    assertThat(shelf.room()).isEqualTo(2);
    assertThat(shelf.isFull()).isFalse();
    shelf.add(records("b0", "b1"), now);
    assertThat(shelf.isFull()).isTrue();
  }

  @Test
  void aBatchIsFullWhenItsEventIs() {
    var shelf = standard(10_000, 300);

    shelf.add(records("a1"), now);
    assertThat(shelf.isFull()).isFalse();
    shelf.add(records("a2", "a3"), now);
    assertThat(shelf.isFull()).isTrue();
    shelf.next();
    assertThat(shelf.isFull()).isFalse();
  }

  @Test
  void aQueueIsIdleOnlyWhenNothingOfItCanBeInFlight() {
    var shelf = fifo(1);
    assertThat(shelf.isIdle(now)).isTrue();

    shelf.add(records("a1"), now);
    assertThat(shelf.isIdle(now)).isFalse();
    var running = shelf.next();
    assertThat(shelf.isIdle(now)).isFalse();
    shelf.ended(running, Set.of("a1"), now);

    now += VISIBILITY - 1;
    assertThat(shelf.isIdle(now)).as("what failed may still be invisible").isFalse();
    now += 1;
    assertThat(shelf.isIdle(now)).isTrue();
  }
}
