package dev.sluice.bench.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The questions can be answered with no.
class QuestionTest {
  /// Starts all at once, waits for nothing, and tells nobody of what fails.
  private static final class Careless implements Subject {
    @Override
    public String name() {
      return "careless";
    }

    @Override
    public Limited limited(int limit, Duration patience) {
      return workload -> {
        for (int item : workload.inputs()) {
          try {
            workload
                .work()
                .start(item)
                .thenAccept(_ -> workload.sink().accept(Told.succeeded(item)));
          } catch (Exception _) {
            // lost
          }
        }
        return RunResult.Ran.ENDED;
      };
    }
  }

  @Test
  void whoKeepsNothingIsOkOnlyWhereNothingHasToBeKept() throws InterruptedException {
    var comparison = Comparison.ask(Question.all(), List.of(new Careless()), (_, _) -> {});

    var ok = comparison.cells().stream().map(List::getFirst).map(Cell::isOk).toList();

    assertThat(ok)
        .containsExactly(
            false, false, false, false, true, false, true, false, false, false, false, false);
  }

  @Test
  void aSubjectThatThrowsAndOneThatHasNoSuchFeatureGetACell() throws InterruptedException {
    var comparison =
        Comparison.ask(
            List.of(new PeakRunning()),
            List.of(
                subject(_ -> {
                  throw new IllegalStateException("broken");
                }),
                subject(_ -> new RunResult.Unsupported("a timeout"))),
            (_, _) -> {});

    assertThat(comparison.cells().getFirst())
        .extracting(Cell::text)
        .containsExactly("java.lang.IllegalStateException: broken · **no**", "has none: a timeout");
  }

  private static Subject subject(Subject.Limited limited) {
    return new Subject() {
      @Override
      public String name() {
        return "a subject";
      }

      @Override
      public Limited limited(int limit, Duration patience) {
        return limited;
      }
    };
  }
}
