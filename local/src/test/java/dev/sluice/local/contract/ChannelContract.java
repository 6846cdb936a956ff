package dev.sluice.local.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.Deadline;
import dev.sluice.async.Sender;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a bounded channel does at its bound, in this process or over a queue: the consumer sets the
/// pace. Each test has a channel of its own that holds [#CAPACITY].
@Timeout(120)
public abstract class ChannelContract {
  public static final int CAPACITY = 4;

  /// Both ends of a channel.
  public interface Ends {
    Sender<FetchTask> sender();

    /// Receives one within 20 s, for good.
    FetchTask receive() throws Exception;

    /// Receives all that is in it, for good.
    List<FetchTask> rest() throws Exception;
  }

  protected abstract Ends open();

  @Test
  void aSendCompletesWhileThereIsRoom() throws Exception {
    var ends = open();

    assertThat(fill(ends)).allMatch(CompletableFuture::join);

    assertThat(ends.rest()).containsExactlyInAnyOrderElementsOf(tasks(CAPACITY));
  }

  @Test
  void aSendWaitsWhenItIsFullAndGoesOnAfterConsumption() throws Exception {
    var ends = open();
    fill(ends).forEach(CompletableFuture::join);

    var waits = ends.sender().send(task(CAPACITY), in(60));
    var late = ends.sender().send(task(CAPACITY + 1), in(2));

    assertThat(late.get(30, TimeUnit.SECONDS)).isFalse(); // two looks at the depth long
    assertThat(waits).isNotDone();
    for (var i = 0; i < CAPACITY; i++) {
      ends.receive();
    }
    assertThat(waits.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(ends.receive()).isEqualTo(task(CAPACITY));
    assertThat(ends.rest()).isEmpty();
  }

  @Test
  void aDeadlineThatPassesSendsNothing() throws Exception {
    var ends = open();
    fill(ends).forEach(CompletableFuture::join);

    assertThat(ends.sender().send(task(9), in(1)).get(30, TimeUnit.SECONDS)).isFalse();
    assertThat(ends.sender().send(task(9), Deadline.in(Duration.ZERO)).join()).isFalse();

    assertThat(ends.rest()).containsExactlyInAnyOrderElementsOf(tasks(CAPACITY));
  }

  @Test
  void aSendThatIsCancelledIsWithdrawn() throws Exception {
    var ends = open();
    fill(ends).forEach(CompletableFuture::join);
    var withdrawn = ends.sender().send(task(8), in(60));
    var next = ends.sender().send(task(9), in(60));

    assertThat(withdrawn.cancel(true)).isTrue();
    for (var i = 0; i < CAPACITY; i++) {
      ends.receive();
    }

    assertThat(next.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(ends.receive()).isEqualTo(task(9));
    assertThat(ends.rest()).isEmpty();
  }

  @Test
  void allThatIsSentIsReceivedOnceThoughItHoldsLess() throws Exception {
    var ends = open();
    var sends = new ArrayList<CompletableFuture<Boolean>>();
    for (var i = 0; i < 3 * CAPACITY; i++) {
      sends.add(ends.sender().send(task(i), in(60)));
    }

    var received = new ArrayList<FetchTask>();
    for (var i = 0; i < 3 * CAPACITY; i++) {
      received.add(ends.receive());
    }

    assertThat(sends).allMatch(CompletableFuture::join);
    assertThat(received).doesNotHaveDuplicates().hasSize(3 * CAPACITY);
    assertThat(ends.rest()).isEmpty();
  }

  private static List<CompletableFuture<Boolean>> fill(Ends ends) {
    var sends = new ArrayList<CompletableFuture<Boolean>>();
    for (var i = 0; i < CAPACITY; i++) {
      sends.add(ends.sender().send(task(i), in(60)));
    }
    return sends;
  }

  private static List<FetchTask> tasks(int count) {
    return IntStream.range(0, count).mapToObj(ChannelContract::task).toList();
  }

  static Deadline in(long seconds) {
    return Deadline.in(Duration.ofSeconds(seconds));
  }

  private static FetchTask task(int number) {
    return new FetchTask(
        new JobId("contract"),
        0,
        TaskId.planned(number),
        0,
        List.of(Target.first(number + 1, "http://x.test/" + number, "x")),
        Instant.EPOCH);
  }
}
