package dev.sluice.bench.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.Immutable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.infra.Blackhole;

class WaysTest {
  private static final int ITEMS = 20_000;
  private static final int LIMIT = 100;

  @Immutable
  private interface Run {
    void all(MeasuredWork work, int items, int limit, Blackhole hole) throws InterruptedException;
  }

  enum Way {
    SLUICE(Ways::sluice),
    SLUICE_UNOWNED(Ways::sluiceUnowned),
    SLUICE_WITH_TIMEOUTS(
        (work, items, limit, hole) -> Ways.sluice(work, items, limit, Duration.ofSeconds(5), hole)),
    FLOOR(Ways::floor),
    REACTOR(Ways::reactor),
    MUTINY(Ways::mutiny),
    PARALLEL_COLLECTORS(Ways::parallelCollectors),
    VIRTUAL_THREADS(Ways::virtualThreads);

    private final Run run;

    Way(Run run) {
      this.run = run;
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachWayEndsEveryItemSeveralAtOnceAndNeverMoreThanItsLimit(Way way)
      throws InterruptedException {
    var completer = new Completer();
    var running = new AtomicInteger();
    var peak = new AtomicInteger();
    var ended = new AtomicInteger();
    MeasuredWork counted =
        item -> {
          peak.accumulateAndGet(running.incrementAndGet(), Math::max);
          var source = completer.start(item);
          var counter = new CompletableFuture<Integer>();
          // Counted before anybody who awaits it can start the next.
          source.whenComplete((value, _) -> {
            running.decrementAndGet();
            ended.incrementAndGet();
            counter.complete(value);
          });
          return counter;
        };

    way.run.all(counted, ITEMS, LIMIT, hole());
    completer.stop();

    assertThat(ended).hasValue(ITEMS);
    assertThat(peak.get()).isBetween(2, LIMIT);
  }

  private static Blackhole hole() {
    return new Blackhole(
        "Today's password is swordfish. I understand instantiating Blackholes directly is"
            + " dangerous.");
  }
}
