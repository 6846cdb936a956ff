package dev.sluice.local.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.async.Deadline;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.TaskId;
import dev.sluice.flow.Visibilities;
import dev.sluice.memory.MemoryQueue;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The queue in memory, whose time stands still but where a test lets it pass; and what of it no
/// server can be asked.
class MemoryQueueTest extends QueueContract {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private long nanos;

  @Override
  AnyQueue queue(AnyQueue.Setting setting) {
    MemoryQueue<FetchTask> letters = make(setting);
    MemoryQueue<FetchTask> queue = make(setting);
    return new Adapter(queue.redrive(letters, setting.maxReceives()), new Adapter(letters, null));
  }

  private MemoryQueue<FetchTask> make(AnyQueue.Setting setting) {
    return setting.fifo()
        ? MemoryQueue.fifo(setting.visibility(), () -> nanos)
        : MemoryQueue.standard(setting.visibility(), () -> nanos);
  }

  @Test
  void aDeduplicationIdIsForgottenAfterFiveMinutes() {
    var queue = MemoryQueue.<ExtractTask>fifo(MINUTE, () -> nanos);
    queue.send(task(1), Deadline.NEVER);

    nanos += Duration.ofMinutes(5).toNanos() - 1;
    queue.send(task(1), Deadline.NEVER);
    assertThat(queue.depth().total()).isEqualTo(1);
    nanos++;
    queue.send(task(1), Deadline.NEVER);

    assertThat(queue.depth().total()).isEqualTo(2);
  }

  /// Which no client can bring to a server: it would be another character in UTF-8.
  @Test
  void halfASurrogatePairIsRefused() {
    var queue = MemoryQueue.<ExtractTask>standard(MINUTE, () -> nanos);

    assertThatThrownBy(() -> queue.sendBody("a\ud83db"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a message must not hold U+d83d");
  }

  @Test
  void aReceiptOfAnEarlierReceiveDeletesNothing() {
    var queue = MemoryQueue.<ExtractTask>standard(MINUTE, () -> nanos);
    queue.send(task(1), Deadline.NEVER);
    var first = queue.receive(1).getFirst();
    nanos += MINUTE.toNanos();
    var second = queue.receive(1).getFirst();

    assertThat(queue.delete(first.receipt())).isFalse();
    assertThat(queue.changeVisibility(first.receipt(), Duration.ZERO)).isFalse();
    assertThat(queue.delete(second.receipt())).isTrue();
  }

  @Test
  void anExpiredReceiptDeletesOnAStandardQueueAlone() {
    var standard = MemoryQueue.<ExtractTask>standard(MINUTE, () -> nanos);
    var fifo = MemoryQueue.<ExtractTask>fifo(MINUTE, () -> nanos);
    standard.send(task(1), Deadline.NEVER);
    fifo.send(task(1), Deadline.NEVER);
    var ofStandard = standard.receive(1).getFirst();
    var ofFifo = fifo.receive(1).getFirst();

    nanos += MINUTE.toNanos();

    assertThat(standard.delete(ofStandard.receipt())).isTrue();
    assertThat(fifo.delete(ofFifo.receipt())).isFalse();
  }

  @Test
  void itTellsHowLongUntilTheNextReceive() {
    var queue = MemoryQueue.<ExtractTask>standard(MINUTE, () -> nanos);
    assertThat(queue.untilNext()).isEmpty();

    queue.sendLater(task(1), Duration.ofSeconds(10), Deadline.NEVER);
    assertThat(queue.untilNext()).contains(Duration.ofSeconds(10));
    nanos += Duration.ofSeconds(10).toNanos();
    assertThat(queue.untilNext()).contains(Duration.ZERO);
    queue.receive(1);

    assertThat(queue.untilNext()).contains(MINUTE);
  }

  @Test
  void behindALockedGroupNothingIsNextBeforeItsVisibilityEnds() {
    var queue = MemoryQueue.<ExtractTask>fifo(MINUTE, () -> nanos);
    queue.send(task(1), Deadline.NEVER);
    queue.send(task(2), Deadline.NEVER);

    queue.receive(1);

    assertThat(queue.untilNext()).contains(MINUTE);
    assertThat(queue.depth()).isEqualTo(new MemoryQueue.Depth(1, 1, 0));
    assertThat(queue.queued())
        .extracting(MemoryQueue.QueuedMessage::hidden)
        .containsExactly(MINUTE, Duration.ZERO);
  }

  @Test
  void misuseIsASentence() {
    var queue = MemoryQueue.<ExtractTask>standard(MINUTE, () -> nanos);
    var fifo = MemoryQueue.<ExtractTask>fifo(MINUTE, () -> nanos);

    assertThatThrownBy(() -> queue.receive(11))
        .hasMessage("a receive asks for 1 to 10 messages, got 11");
    assertThatThrownBy(() -> queue.redrive(fifo, 5)).hasMessageContaining("of the same kind");
    assertThatThrownBy(() -> queue.changeVisibility("x", Duration.ofHours(13)))
        .hasMessage("visibility must be at most PT12H, got PT13H");
    assertThatThrownBy(() -> queue.sendLater(task(1), Duration.ofMinutes(16), Deadline.NEVER))
        .hasMessage("delay must be at most PT15M, got PT16M");
  }

  private static ExtractTask task(int number) {
    return new ExtractTask(new JobId("contract"), 0, TaskId.planned(number));
  }

  private final class Adapter implements AnyQueue {
    private final MemoryQueue<FetchTask> queue;
    private final @Nullable AnyQueue letters;

    Adapter(MemoryQueue<FetchTask> queue, @Nullable AnyQueue letters) {
      this.queue = queue;
      this.letters = letters;
    }

    @Override
    public Set<Gap> gaps() {
      return Set.of();
    }

    @Override
    public Outbox<FetchTask> outbox() {
      return queue;
    }

    @Override
    public void sendBody(String body) {
      queue.sendBody(body);
    }

    @Override
    public AnyQueue deadLetters() {
      return letters == null ? this : letters;
    }

    @Override
    public List<Got> poll(int most) {
      return queue.receive(most).stream()
          .map(got -> new Got(got.receipt(), got.body(), got.groupId(), got.receives()))
          .toList();
    }

    @Override
    public void delete(Got got) {
      assertThat(queue.delete(got.receipt())).isTrue();
    }

    @Override
    public Visibilities visibilities() {
      return queue.visibilities();
    }

    @Override
    public long depth() {
      return queue.depth().total();
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public void pass(Duration time) {
      nanos += time.toNanos();
    }
  }
}
