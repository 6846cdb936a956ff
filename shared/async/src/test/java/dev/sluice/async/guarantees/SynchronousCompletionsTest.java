package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.FanOut;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// 5. Synchronous completions neither overflow the stack nor stall.
class SynchronousCompletionsTest {
  @Test
  @Tag(ChildJvm.TAG)
  void fiveMillionInASmallHeap() throws Exception {
    assertThat(ChildJvm.run("-Xmx48m", FiveMillion.class)).isEqualTo("5000000");
  }

  static final class FiveMillion {
    public static void main(String[] args) throws Exception {
      var summary =
          FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedFuture(item))
              .concurrency(100)
              .forEach(IntStream.range(0, 5_000_000).iterator(), _ -> {});
      System.out.println(summary.succeeded());
    }
  }

  @Test
  void aStageThatCompletesInsideItsOwnCallbackDoesNotRecurse() throws Exception {
    var summary =
        FanOut.<Integer, Integer>of(
                (item, _) -> {
                  var stage = new CompletableFuture<Integer>();
                  return stage.completeAsync(() -> item, Runnable::run).minimalCompletionStage();
                })
            .concurrency(100)
            .forEach(IntStream.range(0, 200_000).iterator(), _ -> {});

    assertThat(summary.succeeded()).isEqualTo(200_000);
  }
}
