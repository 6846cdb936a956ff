package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.async.Call;
import dev.sluice.async.Deadline;
import dev.sluice.async.Island;
import dev.sluice.async.guarantees.Terminal.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// 3., 7. and 9., asked of every end of a fan-out and of a join, with a context and without: a
/// timeout, a cancel and the end of an island reach the source, whatever the driver does meanwhile.
@Timeout(60)
class EveryTerminalLetsGoTest {
  private final List<CompletableFuture<Integer>> sources =
      Collections.synchronizedList(new ArrayList<>());

  static Stream<Arguments> all() {
    return Stream.of(Terminal.values())
        .flatMap(end -> Stream.of(Arguments.of(end, true), Arguments.of(end, false)));
  }

  static Stream<Arguments> started() {
    return all().filter(each -> ((Terminal) each.get()[0]).isStarted());
  }

  static Stream<Arguments> startedOfInputs() {
    return started().filter(each -> !each.get()[0].toString().contains("VALUES"));
  }

  private CompletableFuture<Integer> source(Call call) {
    var source = new CompletableFuture<Integer>();
    sources.add(source);
    return call.own(source);
  }

  @ParameterizedTest
  @MethodSource("all")
  void aTimeoutCancelsWhatIsOwned(Terminal end, boolean hasContext) throws Exception {
    end.run(
        new Work((_, call) -> source(call), List.of(1, 2), Duration.ofMillis(5), hasContext, null));

    assertThat(sources).isNotEmpty().allMatch(CompletableFuture::isCancelled);
  }

  /// Inside the start of the first, where its driver parks: the wake-up is gone.
  @ParameterizedTest
  @MethodSource("started")
  void aCancelIsHeededThatCameWhileAStartHeldTheDriver(Terminal end, boolean hasContext)
      throws Exception {
    var started = new CompletableFuture<CompletableFuture<?>>();
    var work =
        new Work(
            (_, call) -> {
              started.join().cancel(true);
              LockSupport.park(this);
              return source(call);
            },
            List.of(1, 2),
            null,
            hasContext,
            null);
    started.complete(end.start(work));

    Terminal.await(started.join());

    assertThat(sources).hasSize(1).allMatch(CompletableFuture::isCancelled);
  }

  @ParameterizedTest
  @MethodSource("startedOfInputs")
  void aCancelIsHeededThatCameWhileTheIteratorHeldTheDriver(Terminal end, boolean hasContext)
      throws Exception {
    var started = new CompletableFuture<CompletableFuture<?>>();
    Iterable<Integer> inputs =
        () ->
            endless(() -> {
              started.join().cancel(true);
              LockSupport.park(this);
            });
    started.complete(
        end.start(new Work((_, call) -> source(call), inputs, null, hasContext, null)));

    Terminal.await(started.join());

    assertThat(sources).as("what was started").isEmpty();
  }

  private static Iterator<Integer> endless(Runnable each) {
    return Stream.generate(
            () -> {
              each.run();
              return 1;
            })
        .iterator();
  }

  @ParameterizedTest
  @MethodSource("startedOfInputs")
  void aStrangerWhoCompletesWhatWasStartedCancelsIt(Terminal end, boolean hasContext)
      throws Exception {
    var started =
        end.start(new Work((_, call) -> source(call), List.of(1, 2), null, hasContext, null));

    started.orTimeout(1, TimeUnit.MILLISECONDS);

    assertThatThrownBy(() -> started.get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TimeoutException.class);
    assertThat(sources).allMatch(CompletableFuture::isCancelled);
  }

  @ParameterizedTest
  @MethodSource("started")
  void anIslandThatIsLeftAtItsDeadlineCancelsWhatItStarted(Terminal end, boolean hasContext)
      throws Exception {
    var started = new ArrayList<CompletableFuture<?>>();

    assertThatThrownBy(() ->
            Island.run(
                Deadline.in(Duration.ofMillis(300)),
                Duration.ZERO,
                run -> {
                  started.add(
                      end.start(
                          new Work(
                              (_, call) -> source(call), List.of(1, 2), null, hasContext, run)));
                  return new CompletableFuture<Integer>();
                }))
        .isInstanceOf(TimeoutException.class);
    Terminal.await(started.getFirst());

    assertThat(sources).isNotEmpty().allMatch(CompletableFuture::isCancelled);
  }

  @ParameterizedTest
  @MethodSource("started")
  void anIslandThatHasItsResultCancelsWhatItLeaves(Terminal end, boolean hasContext)
      throws Exception {
    var started = new ArrayList<CompletableFuture<?>>();

    Island.run(
        Deadline.in(Duration.ofSeconds(60)),
        Duration.ZERO,
        run -> {
          started.add(
              end.start(new Work((_, call) -> source(call), List.of(1, 2), null, hasContext, run)));
          return run.sleep(Duration.ZERO);
        });
    Terminal.await(started.getFirst());

    assertThat(sources).allMatch(CompletableFuture::isCancelled);
  }

  @Test
  void anInterruptIsHeededThatCameWhileTheIteratorHeldTheDriver() {
    var inputs = endless(() -> Thread.currentThread().interrupt());

    for (var end : List.of(Terminal.FOR_EACH, Terminal.COLLECT, Terminal.JOIN)) {
      assertThatThrownBy(
              () -> end.run(new Work((_, call) -> source(call), () -> inputs, null, false, null)))
          .isInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).isFalse();
    }
    assertThat(sources).as("what was started").isEmpty();
  }

  @Test
  void anInterruptIsHeededByADriverThatNeverParks() {
    var inputs = endless(() -> {});
    var work =
        new Work(
            (item, _) -> {
              Thread.currentThread().interrupt();
              return CompletableFuture.completedFuture(item);
            },
            () -> inputs,
            null,
            false,
            null);

    assertThatThrownBy(() -> Terminal.FOR_EACH.run(work)).isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }
}
