package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompletionTest {
  /// Odd ones fail; those below zero are asked to end by a cancel alone.
  private static Summary run(Completion completion, List<Integer> items) throws Exception {
    return FanOut.<Integer, Integer>of(
            (item, call) -> {
              if (item < 0) {
                return call.own(new CompletableFuture<>());
              }
              return item % 2 == 1
                  ? CompletableFuture.failedFuture(new IOException())
                  : CompletableFuture.completedFuture(item);
            })
        .concurrency(2)
        .completion(completion)
        .forEach(items, _ -> {});
  }

  private static final List<Integer> TEN = IntStream.range(0, 10).boxed().toList();

  @Test
  void allCompletedRunsToTheEnd() throws Exception {
    var summary = run(Completion.allCompleted(), TEN);

    assertThat(summary.succeeded()).isEqualTo(5);
    assertThat(summary.failed()).isEqualTo(5);
  }

  @Test
  void allSuccessfulEndsAtTheFirstFailure() throws Exception {
    var summary = run(Completion.allSuccessful(), List.of(-1, 0, 2, 3, 4));

    assertThat(summary.succeeded()).isEqualTo(2);
    assertThat(summary.failed()).isEqualTo(1);
    assertThat(summary.cancelled()).isEqualTo(1);
    assertThat(summary.notStarted()).isEqualTo(1);
  }

  @Test
  void minSuccessfulEndsWhenThereAreEnough() throws Exception {
    var summary = run(Completion.minSuccessful(3), TEN);

    assertThat(summary.succeeded()).isEqualTo(3);
    assertThat(summary.failed()).isEqualTo(2);
    assertThat(summary.notStarted()).isEqualTo(5);
  }

  @Test
  void toleratedFailureCountEndsAtOneMore() throws Exception {
    var summary = run(Completion.toleratedFailureCount(2), TEN);

    assertThat(summary.failed()).isEqualTo(3);
    assertThat(summary.succeeded()).isEqualTo(3);
    assertThat(summary.notStarted()).isEqualTo(4);
  }

  @Test
  void ifNoneIsToleratedTheFirstFailureEndsIt() throws Exception {
    var summary = run(Completion.toleratedFailureCount(0), TEN);

    assertThat(summary.failed()).isEqualTo(1);
  }
}
