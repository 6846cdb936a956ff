package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.sluice.async.Channel.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@NullUnmarked // gives null where none may be
class ChannelTest {
  private static final Deadline LATER = Deadline.in(Duration.ofSeconds(30));
  private static final Deadline PASSED = Deadline.in(Duration.ZERO);

  private final Channel<Integer> channel = Channel.bounded(2);

  @Test
  void aSendWaitsWhenTheChannelIsFullAndGoesOnWhenAnItemIsReceived() {
    channel.send(1, LATER);
    channel.send(2, LATER);
    var third = channel.send(3, LATER);
    assertThat(third).isNotDone();

    assertThat(received()).isEqualTo(1);

    assertThat(third).isCompletedWithValue(true);
    assertThat(received()).isEqualTo(2);
    assertThat(received()).isEqualTo(3);
  }

  @Test
  void sendsThatWaitAreTakenInTheOrderInWhichTheyCame() {
    IntStream.rangeClosed(1, 6).forEach(item -> channel.send(item, LATER));

    assertThat(IntStream.rangeClosed(1, 6).mapToObj(_ -> received()))
        .containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void receivesThatWaitAreServedInTheOrderInWhichTheyCame() {
    var first = channel.receive(LATER);
    var second = channel.receive(LATER);

    channel.send(1, LATER);
    channel.send(2, LATER);

    assertThat(first).isCompletedWithValue(new Received.Item<>(1));
    assertThat(second).isCompletedWithValue(new Received.Item<>(2));
  }

  @Test
  void aSendWhoseDeadlineHasPassedIsNotTakenEvenIfThereIsRoom() {
    assertThat(channel.send(1, PASSED)).isCompletedWithValue(false);

    assertThat(channel.receive(PASSED)).isCompletedWithValue(new Received.Late<>());
  }

  @Test
  void aDeadlineEndsASendAndLeavesNothingOfIt() throws Exception {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofMinutes(1));
    var bounded = Channel.<Integer>bounded(1, run);
    bounded.send(1, run.deadline());

    var late = bounded.send(2, Deadline.in(Duration.ofSeconds(5), run::nanoTime));

    assertThat(simulation.await(late)).isFalse();
    assertThat(simulation.nanoTime()).isEqualTo(5_000_000_000L);
    assertThat(bounded.receive(run.deadline())).isCompletedWithValue(new Received.Item<>(1));
    assertThat(bounded.receive(run.deadline())).isNotDone();
  }

  @Test
  void aDeadlineEndsAReceiveAndTheNextItemIsAnothers() throws Exception {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofMinutes(1));
    var bounded = Channel.<Integer>bounded(1, run);

    var late = bounded.receive(Deadline.in(Duration.ofSeconds(5), run::nanoTime));
    assertThat(simulation.await(late)).isEqualTo(new Received.Late<>());

    bounded.send(1, run.deadline());
    assertThat(bounded.receive(run.deadline())).isCompletedWithValue(new Received.Item<>(1));
  }

  @Test
  void anItemThatIsThereIsReceivedWhateverTheTime() {
    channel.send(1, LATER);

    assertThat(channel.receive(PASSED)).isCompletedWithValue(new Received.Item<>(1));
  }

  @Test
  void aCancelledSendLeavesNothingOfItself() {
    channel.send(1, LATER);
    channel.send(2, LATER);
    var withdrawn = channel.send(3, LATER);
    var next = channel.send(4, LATER);

    assertThat(withdrawn.cancel(true)).isTrue();
    received();

    assertThat(next).isCompletedWithValue(true);
    assertThat(received()).isEqualTo(2);
    assertThat(received()).isEqualTo(4);
  }

  @Test
  void aReceiveThatWasCancelledTakesNoItem() {
    var withdrawn = channel.receive(LATER);

    withdrawn.cancel(true);
    channel.send(1, LATER);

    assertThat(received()).isEqualTo(1);
  }

  @Test
  void aReceiveThatHasItsItemCannotBeCancelledAnyMore() {
    var served = channel.receive(LATER);
    channel.send(1, LATER);

    assertThat(served.cancel(true)).isFalse();
    assertThat(served).isCompletedWithValue(new Received.Item<>(1));
  }

  @Test
  void whatAChannelIsAboutToEndCannotBeWithdrawn() {
    var first = channel.receive(LATER);
    var second = channel.receive(LATER);
    var withdrawn = first.thenApply(_ -> second.cancel(true));

    channel.close();

    assertThat(withdrawn).isCompletedWithValue(false);
    assertThat(second).isCompletedWithValue(new Received.Closed<>());
  }

  @Test
  void aReceiveThatItsCallerTimedOutTakesNoItem() {
    var timedOut = channel.receive(LATER);

    timedOut.completeExceptionally(new TimeoutException());
    channel.send(1, LATER);

    assertThat(timedOut).isCompletedExceptionally();
    assertThat(received()).isEqualTo(1);
  }

  @Test
  void aReceiveThatAStrangerCompletesLaterTakesNoItem() {
    var completed = channel.receive(LATER);
    var failed = channel.receive(LATER);

    completed.completeAsync(Received.Late::new, Runnable::run);
    failed.completeAsync(
        () -> {
          throw new IllegalStateException("as planned");
        },
        Runnable::run);
    channel.send(1, LATER);

    assertThat(completed).isCompletedWithValue(new Received.Late<>());
    assertThat(failed).isCompletedExceptionally();
    assertThat(received()).isEqualTo(1);
  }

  @Test
  void aSendThatAStrangerCompletesLeavesNothingOfItself() {
    channel.send(1, LATER);
    channel.send(2, LATER);
    var withdrawn = channel.send(3, LATER);

    withdrawn.completeAsync(() -> true, Runnable::run);

    assertThat(received()).isEqualTo(1);
    assertThat(received()).isEqualTo(2);
    assertThat(channel.receive(PASSED)).isCompletedWithValue(new Received.Late<>());
  }

  @Test
  void whatAReceiveCameToCannotBeReplaced() {
    var waiting = channel.receive(LATER);
    channel.send(1, LATER);

    assertThatThrownBy(() -> waiting.obtrudeValue(new Received.Late<>()))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> waiting.obtrudeException(new TimeoutException()))
        .isInstanceOf(UnsupportedOperationException.class);
    waiting.completeAsync(() -> fail("it is done"), Runnable::run);

    assertThat(waiting).isCompletedWithValue(new Received.Item<>(1));
  }

  @Test
  void aTrySendIsRefusedByAFullChannelAndDoesNotWait() {
    assertThat(channel.trySend(1)).isTrue();
    assertThat(channel.trySend(2)).isTrue();
    assertThat(channel.trySend(3)).isFalse();

    received();

    assertThat(received()).isEqualTo(2);
    assertThat(channel.receive(LATER)).isNotDone();
  }

  @Test
  void whatWasTakenBeforeTheCloseIsStillReceived() {
    channel.send(1, LATER);
    channel.send(2, LATER);
    var waiting = channel.send(3, LATER);

    channel.close();

    assertThat(waiting).isCompletedExceptionally();
    assertThat(received()).isEqualTo(1);
    assertThat(received()).isEqualTo(2);
    assertThat(channel.receive(LATER)).isCompletedWithValue(new Received.Closed<>());
  }

  @Test
  void aCloseEndsTheReceivesThatWait() {
    var waiting = channel.receive(LATER);

    channel.close();

    assertThat(waiting).isCompletedWithValue(new Received.Closed<>());
  }

  @Test
  void nothingIsSentToAClosedChannel() {
    channel.close();

    assertThat(channel.send(1, LATER))
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withMessageContaining("the channel is closed");
    assertThatThrownBy(() -> channel.trySend(1)).hasMessage("the channel is closed");
  }

  @Test
  void aFailureGivesBackWhatNobodyReceived() {
    channel.send(1, LATER);
    channel.send(2, LATER);
    var waiting = channel.send(3, LATER);
    var gone = new IllegalStateException("the consumer is gone");

    assertThat(channel.fail(gone)).containsExactly(1, 2);

    assertThat(waiting).isCompletedExceptionally();
    assertThat(channel.receive(LATER).exceptionNow()).isSameAs(gone);
    assertThat(channel.send(4, LATER).exceptionNow()).hasCause(gone);
    assertThat(channel.fail(new IllegalStateException("again"))).isEmpty();
  }

  @Test
  void aFailureEndsTheReceivesThatWait() {
    var waiting = channel.receive(LATER);
    var gone = new IllegalStateException("the producer is gone");

    channel.fail(gone);

    assertThat(waiting.exceptionNow()).isSameAs(gone);
  }

  @Test
  void whatDependsOnASendMaySendAgain() {
    channel.send(1, LATER);
    channel.send(2, LATER);
    var again = channel.send(3, LATER).thenCompose(_ -> channel.send(4, LATER));

    received();
    received();

    assertThat(again).isCompletedWithValue(true);
  }

  /// Two producers and two consumers on threads of their own, one of whom cancels as it pleases.
  @Test
  @Timeout(60)
  void nothingIsLostOrDoubledBetweenThreads() throws Exception {
    var items = 20_000;
    var seen = Collections.synchronizedList(new ArrayList<Integer>());
    var threads = Offload.blocking(4);
    var producers =
        List.of(threads.submit(() -> produce(0, items)), threads.submit(() -> produce(1, items)));
    var patient = threads.submit(() -> consume(seen, false));
    var hasty = threads.submit(() -> consume(seen, true));
    for (var producer : producers) {
      producer.get(30, TimeUnit.SECONDS);
    }
    channel.close();
    patient.get(30, TimeUnit.SECONDS);
    hasty.get(30, TimeUnit.SECONDS);

    assertThat(seen).hasSize(2 * items);
    assertThat(new HashSet<>(seen)).hasSize(2 * items);
  }

  private boolean produce(int parity, int items) throws Exception {
    for (var i = 0; i < items; i++) {
      channel.send(2 * i + parity, LATER).get(30, TimeUnit.SECONDS);
    }
    return true;
  }

  private boolean consume(List<Integer> seen, boolean hasty) throws Exception {
    while (true) {
      CompletableFuture<Received<Integer>> next = channel.receive(LATER);
      if (hasty && next.cancel(true)) {
        continue;
      }
      switch (next.get(30, TimeUnit.SECONDS)) {
        case Received.Item<Integer>(var item) -> seen.add(item);
        case Received.Late<Integer>() -> throw new AssertionError("late");
        case Received.Closed<Integer>() -> {
          return true;
        }
      }
    }
  }

  @Test
  void misuseIsASentence() {
    assertThatThrownBy(() -> Channel.bounded(0)).hasMessage("capacity must be at least 1, got 0");
    assertThatThrownBy(() -> channel.fail(null)).hasMessage("cause must not be null");
    assertThatThrownBy(() -> channel.trySend(null)).hasMessage("item must not be null");
  }

  private int received() {
    return channel.receive(PASSED).resultNow() instanceof Received.Item<Integer>(var item)
        ? item
        : -1;
  }

  @Test
  void aTrySendServesAReceiveThatWaits() {
    var waiting = channel.receive(LATER);

    assertThat(channel.trySend(1)).isTrue();

    assertThat(waiting).isCompletedWithValue(new Received.Item<>(1));
    assertThat(channel.receive(LATER)).isNotDone();
  }

  @Test
  void aWaitIsEndedOnceByWhoeverComesFirst() {
    var completed = channel.receive(LATER);
    var failed = channel.receive(LATER);
    var served = channel.receive(LATER);

    assertThat(completed.complete(new Received.Late<>())).isTrue();
    assertThat(completed.complete(new Received.Closed<>())).isFalse();
    assertThat(failed.completeExceptionally(new TimeoutException())).isTrue();
    assertThat(failed.completeExceptionally(new TimeoutException())).isFalse();
    channel.send(1, LATER);

    assertThat(served.complete(new Received.Late<>())).isFalse();
    assertThat(served).isCompletedWithValue(new Received.Item<>(1));
  }
}
