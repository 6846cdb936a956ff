package dev.sluice.async;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One history: one or two runs, sometimes on one limiter, with everything about them drawn by the
/// seed, on one thread. What they do is compared with what [ModelRun] says of it.
final class History {
  static final long MILLI = 1_000_000;
  private static final int MOST_STEPS = 20_000;

  private final World world;
  private final List<ModelRun> runs = new ArrayList<>();

  History(long seed) {
    this.world = new World(seed);
    var limiter = world.chance(2) ? Limiter.of(1 + world.random.nextInt(4)) : null;
    var model = new ModelLimiter(limiter);
    for (var i = world.chance(3) ? 2 : 1; i > 0; i--) {
      runs.add(new ModelRun(world, model, this::elsewhere));
    }
  }

  /// The first of the seeds whose history breaks a promise.
  ///
  /// @return what was broken, and the seed; empty if nothing was
  static String firstFailure(long from, long to) {
    for (var seed = from; seed < to; seed++) {
      var history = new History(seed);
      try {
        history.play();
      } catch (RuntimeException | AssertionError broken) {
        return "seed " + seed + ": " + broken + ", with " + history.runs;
      }
      try {
        new ChannelHistory(seed).play();
      } catch (RuntimeException | AssertionError broken) {
        return "seed " + seed + ": " + broken + ", of a channel";
      }
    }
    return "";
  }

  void play() {
    for (var steps = 0; !runs.stream().allMatch(ModelRun::isDone); steps++) {
      if (steps > MOST_STEPS) {
        throw new AssertionError("not ended after " + MOST_STEPS + " steps");
      }
      step();
      world.check();
    }
    runs.forEach(ModelRun::leave);
    world.playOut();
    runs.forEach(ModelRun::checkEnd);
    runs.getFirst().limiter().checkEnd();
    world.check();
  }

  /// Something, if anything can happen; else the clock moves on to where it can.
  private void step() {
    var ready = runs.stream().filter(ModelRun::canStep).toList();
    if (!ready.isEmpty() && (!world.hasWork() || world.chance(2))) {
      ready.get(world.random.nextInt(ready.size())).step();
    } else if (world.hasWork()) {
      world.work();
    } else {
      var due =
          Math.min(world.nextAlarm(), runs.stream().mapToLong(ModelRun::due).min().orElseThrow());
      if (due == Core.NEVER) {
        throw new AssertionError("stuck: nothing is left to happen and a run has not ended");
      }
      world.advanceTo(due);
    }
    if (world.chance(20)) {
      world.advance(world.random.nextLong(30 * MILLI));
    }
    if (world.chance(200)) {
      any().cancel();
    }
    if (world.chance(100)) {
      any().leave();
    }
  }

  private ModelRun any() {
    return runs.get(world.random.nextInt(runs.size()));
  }

  /// Another run's driver may be at work while one is inside user code, and whoever holds a run may
  /// cancel it.
  private void elsewhere() {
    if (world.chance(12)) {
      any().cancel();
      return;
    }
    var ready = runs.stream().filter(ModelRun::canStep).toList();
    if (!ready.isEmpty()) {
      ready.getFirst().step();
    }
  }

  /// Permits by our own count.
  static final class ModelLimiter {
    private final @Nullable Limiter limiter;
    private long held;

    ModelLimiter(@Nullable Limiter limiter) {
      this.limiter = limiter;
    }

    @Nullable Limiter limiter() {
      return limiter;
    }

    void takes(long weight) {
      held += weight;
      if (limiter != null && held > limiter.permits()) {
        throw new AssertionError(held + " permits are held of " + limiter.permits());
      }
    }

    void gives(long weight) {
      held -= weight;
    }

    void checkEnd() {
      if (limiter != null && limiter.free() != limiter.permits() - held) {
        throw new AssertionError(
            limiter.free()
                + " permits are free of "
                + limiter.permits()
                + ", with "
                + held
                + " held");
      }
    }
  }
}
