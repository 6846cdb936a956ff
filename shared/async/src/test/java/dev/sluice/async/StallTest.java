package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How long code that was given to a fan-out held its driver, on a clock that only this test moves.
class StallTest {
  private final World world = new World(1);
  private final List<CompletableFuture<Integer>> work = new ArrayList<>();
  private final List<Duration> said = new ArrayList<>();

  private void take(int millis) {
    world.advance(Duration.ofMillis(millis).toNanos());
  }

  private FanOut<Integer, Integer> started() {
    return FanOut.<Integer, Integer>of(
            (item, _) -> {
              work.add(new CompletableFuture<>());
              return work.getLast();
            })
        .concurrency(10);
  }

  private Core<Integer, Integer> core(
      FanOut<Integer, Integer> plan, Iterator<Integer> inputs, Consumer<Integer> sink) {
    return new Core<>(
        plan, world, () -> inputs, (_, outcome) -> sink.accept(outcome.item()), () -> {});
  }

  private static Iterator<Integer> items(int count) {
    return IntStream.range(0, count).iterator();
  }

  private static void step(Core<?, ?> core) {
    var _ = core.step();
  }

  @Test
  void whatASinkTakesIsAStallAndTheLongestOfThemCounts() {
    var core = core(started(), items(3), item -> take(item == 1 ? 9 : 5));
    step(core);
    work.forEach(each -> each.complete(0));
    step(core);

    assertThat(core.summary().longestStall()).isEqualTo(Duration.ofMillis(9));
  }

  @Test
  void whatAnIteratorAndAStartTakeIsAStall() {
    var plan =
        FanOut.<Integer, Integer>of((_, _) -> {
          take(4);
          return new CompletableFuture<>();
        });
    var core = core(plan, IntStream.range(0, 2).peek(_ -> take(7)).iterator(), _ -> {});
    step(core);

    assertThat(core.summary().longestStall()).isEqualTo(Duration.ofMillis(7));
  }

  @Test
  void waitingForWorkIsNone() {
    var core = core(started(), items(1), _ -> {});
    step(core);
    take(3_600_000);
    work.getFirst().complete(0);
    step(core);

    assertThat(core.summary().longestStall()).isZero();
  }

  @Test
  void itIsStillMeasuredWhenNothingMoreMayStart() {
    var core = core(started(), items(100), _ -> take(8));
    step(core);
    core.cancel(Outcome.Stop.CANCELLED);
    work.getFirst().complete(0);
    step(core);

    assertThat(core.summary().longestStall()).isEqualTo(Duration.ofMillis(8));
  }

  @Test
  void aRunSaysItsLongestOnceIfItIsAboveWhatIsAllowed() {
    assertThat(saidOf(Duration.ofMillis(5), 6)).containsExactly(Duration.ofMillis(6));
    assertThat(saidOf(Duration.ofMillis(6), 6)).isEmpty();
  }

  private List<Duration> saidOf(Duration above, int millis) {
    said.clear();
    work.clear();
    var core = core(started().onStall(above, said::add), items(3), _ -> take(millis));
    step(core);
    work.forEach(each -> each.complete(0));

    assertThat(core.step()).isEqualTo(Core.DONE);
    return List.copyOf(said);
  }

  @Test
  void untilToldOtherwiseItIsAWarningAboveTenMilliseconds() {
    assertThat(warningsOf(10)).isEmpty();
    assertThat(warningsOf(11)).singleElement().asString().contains("11 ms").contains("Offload");
  }

  private List<String> warningsOf(int millis) {
    var warnings = new ArrayList<String>();
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord warning) {
            warnings.add(
                java.text.MessageFormat.format(warning.getMessage(), warning.getParameters()));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    var logger = Logger.getLogger("dev.sluice.async");
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try {
      work.clear();
      var core = core(started(), items(1), _ -> take(millis));
      step(core);
      work.getFirst().complete(0);
      step(core);
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
    return warnings;
  }

  @Test
  void whatTakesAStallMayThrowLikeASink() {
    var wrong = new IllegalStateException("wrong");
    var plan =
        started()
            .onStall(
                Duration.ZERO,
                _ -> {
                  throw wrong;
                });
    var core = core(plan, items(1), _ -> take(1));
    step(core);
    work.getFirst().complete(0);

    assertThat(core.step()).isEqualTo(Core.DONE);
    assertThat(core.broken()).isSameAs(wrong);
  }

  @Test
  void aNegativeStallIsRefused() {
    assertThatThrownBy(() -> started().onStall(Duration.ofMillis(-1), said::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a stall must not be negative, got PT-0.001S");
  }
}
