package dev.sluice.local.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// When a batch is filled, on a clock that stands still while nobody waits.
class GatheringTest {
  /// A queue to which messages come at given seconds; it counts what is kept.
  private static final class Scripted implements Gathering.BatchSource {
    private final List<Double> arrivals;
    private final int full;
    private final List<String> calls = new ArrayList<>();
    private double seconds;
    private int kept;
    private boolean refuses;

    Scripted(int full, Double... arrivals) {
      this.full = full;
      this.arrivals = new ArrayList<>(List.of(arrivals));
    }

    @Override
    public boolean ask(int most) {
      calls.add("ask " + most);
      if (refuses) {
        return false;
      }
      var end = seconds + most;
      if (!arrivals.isEmpty() && arrivals.getFirst() <= end) {
        seconds = Math.max(seconds, arrivals.getFirst());
        while (!arrivals.isEmpty() && arrivals.getFirst() <= seconds) {
          arrivals.removeFirst();
          kept++;
        }
      } else {
        seconds = end;
      }
      return true;
    }

    @Override
    public boolean hasAny() {
      return kept > 0;
    }

    @Override
    public boolean isFull() {
      return kept >= full;
    }

    @Override
    public void rest(Duration time) {
      calls.add("rest " + time.toMillis());
      seconds += time.toNanos() / 1e9;
    }

    @Override
    public boolean isStopping() {
      return false;
    }

    Scripted gather(int windowSeconds) throws InterruptedException {
      new Gathering(this, Duration.ofSeconds(windowSeconds), 5, () -> (long) (seconds * 1e9))
          .gather();
      return this;
    }
  }

  @Test
  void withoutAWindowTheFirstReceiveThatGivesAnythingIsTheBatch() throws Exception {
    var source = new Scripted(10, 1.0, 1.1).gather(0);

    assertThat(source.kept).isEqualTo(1);
    assertThat(source.calls).containsExactly("ask 5");
  }

  @Test
  void aQueueThatGivesNothingIsAskedOnce() throws Exception {
    var source = new Scripted(10).gather(20);

    assertThat(source.calls).containsExactly("ask 5");
  }

  @Test
  void theWindowBeginsWithTheFirstMessageAndEndsOnTime() throws Exception {
    var source = new Scripted(10, 3.0, 4.0, 9.5, 10.2, 10.9).gather(7);

    assertThat(source.seconds).isEqualTo(10.0);
    assertThat(source.kept).isEqualTo(3);
  }

  @Test
  void theRestOfASecondPassesWithoutAskingAndThenOnceMore() throws Exception {
    var source = new Scripted(10, 0.0, 0.5, 1.9).gather(2);

    assertThat(source.kept).isEqualTo(3);
    assertThat(source.seconds).isEqualTo(2.0);
    assertThat(source.calls)
        .as("the last ask finds what came while it rested")
        .containsExactly("ask 5", "ask 2", "ask 1", "rest 500", "ask 0");
  }

  @Test
  void aFullBatchWaitsForNoWindow() throws Exception {
    var source = new Scripted(3, 0.0, 0.0, 1.0, 2.0).gather(300);

    assertThat(source.kept).isEqualTo(3);
    assertThat(source.seconds).isEqualTo(1.0);
  }

  @Test
  void whatWasLeftOfTheLastBatchIsTheBeginningOfTheNext() throws Exception {
    var source = new Scripted(3, 0.0, 0.0);
    source.kept = 1;

    source.gather(300);

    assertThat(source.kept).isEqualTo(3);
  }

  @Test
  void aQueueThatRefusesEndsTheGatheringWithWhatIsThere() throws Exception {
    var source = new Scripted(3);
    source.kept = 1;
    source.refuses = true;

    source.gather(300);

    assertThat(source.calls).containsExactly("ask 5");
    assertThat(source.kept).isEqualTo(1);
  }
}
