package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Who does what an island leaves, on a clock that only this test moves.
class EventLoopTest {
  private static final Duration MOST = Duration.ofMillis(100);

  private final World world = new World(1);
  private final EventLoop loop = new EventLoop(Deadline.NEVER, world);
  private final List<String> done = new ArrayList<>();

  private void work(int tasks) {
    for (var i = 0; i < tasks; i++) {
      assertThat(world.hasWork()).isTrue();
      world.work();
    }
    assertThat(world.hasWork()).as("anything is left to do elsewhere").isFalse();
  }

  @Test
  void whatCanBeDoneAtOnceIsDoneByWhoLeaves() {
    var source = new CompletableFuture<Integer>();
    var started =
        FanOut.<Integer, Integer>ofSource(_ -> source)
            .on(loop)
            .startForEach(List.of(1), outcome -> done.add(outcome.toString()));
    while (loop.isDue()) {
      loop.turn();
    }

    loop.leave(MOST);

    assertThat(source).isCancelled();
    assertThat(started.join().cancelled()).isEqualTo(1);
    assertThat(done).hasSize(1);
    work(0);
  }

  @Test
  void whoHasNoTimeLeavesItToAnother() {
    loop.execute(() -> done.add("first"));
    loop.execute(() -> done.add("second"));

    loop.leave(Duration.ZERO);

    assertThat(done).isEmpty();
    work(1);
    assertThat(done).containsExactly("first", "second");
  }

  @Test
  void whoseTimePassesLeavesTheRestToAnother() {
    loop.execute(() -> world.advance(MOST.toNanos()));
    loop.execute(() -> done.add("rest"));

    loop.leave(MOST);

    assertThat(done).isEmpty();
    work(1);
    assertThat(done).containsExactly("rest");
  }

  @Test
  void whatComesLaterIsDoneByOneThreadAtATime() {
    loop.leave(MOST);

    loop.execute(() -> {
      loop.execute(() -> done.add("inner"));
      done.add("outer");
    });
    loop.execute(() -> done.add("next"));

    work(1);
    assertThat(done).containsExactly("outer", "next", "inner");
    loop.execute(() -> done.add("last"));
    work(1);
    assertThat(done).endsWith("last");
  }

  @Test
  void sleepsGoOnByTheTimerAndWhatIsCancelledLeavesNone() {
    loop.sleep(Duration.ofMillis(5)).thenRun(() -> done.add("before"));
    var cancelled = loop.sleep(Duration.ofMillis(6));
    while (loop.isDue()) {
      loop.turn();
    }
    loop.leave(MOST);
    loop.sleep(Duration.ofMillis(7)).thenRun(() -> done.add("after"));
    work(1);

    cancelled.cancel(true);
    assertThat(world.nextAlarm()).isEqualTo(world.nanoTime() + 5 * History.MILLI);
    world.playOut();

    assertThat(done).containsExactly("before", "after");
    assertThat(world.nextAlarm()).isEqualTo(Core.NEVER);
  }

  @Test
  void aSleepThatIsCancelledBeforeLeavesNoAlarm() {
    var cancelled = loop.sleep(Duration.ofMillis(6));
    loop.turn();

    cancelled.cancel(true);
    loop.turn();

    assertThat(loop.nextSleepEnd()).isEqualTo(Core.NEVER);
  }

  @Test
  void whoForgetsItsEndIsNotTold() {
    loop.ended().thenRun(() -> done.add("told"));
    loop.ended().thenRun(() -> done.add("not told")).cancel(true);
    var forgotten = loop.ended();
    forgotten.whenComplete((_, failure) -> done.add(failure == null ? "told too" : "forgotten"));
    forgotten.cancel(true);

    loop.leave(MOST);

    assertThat(done).containsExactly("forgotten", "told");
  }
}
