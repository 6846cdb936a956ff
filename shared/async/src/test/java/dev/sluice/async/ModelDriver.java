package dev.sluice.async;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Who drives a simulated run: a thread that parks, or an island that leaves.
interface ModelDriver {
  Core<?, ?> core();

  boolean isDone();

  /// Whether something can be done for the run now, by its own thread.
  ///
  /// @param isRead whether who reads comes back for more
  boolean canStep(boolean isRead);

  void step();

  /// When it wakes by itself, or [Core#NEVER].
  long due();

  /// Whether it runs on an island whose caller is there and inside nothing.
  boolean canLeave();

  /// The caller leaves the island.
  void leave();

  /// User code that the driver is inside of parks, and takes a wake-up that came meanwhile for its
  /// own.
  void parkInUserCode();

  /// A thread that parks between steps, woken by a permit as `LockSupport` knows one: it may have
  /// come at any time, and the next park takes it, whoever parks.
  final class Parks implements ModelDriver {
    private final World world;
    private final Core<?, ?> core;
    private boolean hasPermit = true;
    private boolean isInside;
    private boolean isDone;
    private long due = Core.NEVER;

    Parks(World world, Function<Runnable, Core<?, ?>> made) {
      this.world = world;
      this.core = made.apply(() -> hasPermit = true);
    }

    @Override
    public Core<?, ?> core() {
      return core;
    }

    @Override
    public boolean isDone() {
      return isDone;
    }

    @Override
    public boolean canStep(boolean isRead) {
      return !isDone && !isInside && (hasPermit || isRead || due <= world.nanoTime());
    }

    @Override
    public void step() {
      hasPermit = false;
      isInside = true;
      due = core.step();
      isInside = false;
      isDone = due == Core.DONE;
    }

    @Override
    public long due() {
      return isDone ? Core.NEVER : due;
    }

    @Override
    public boolean canLeave() {
      return false;
    }

    @Override
    public void leave() {
      throw new IllegalStateException("it is on no island");
    }

    @Override
    public void parkInUserCode() {
      hasPermit = false;
    }
  }

  /// The caller of an island, until it leaves; then it is whoever has something to do, a thread of
  /// the world.
  final class OnIsland implements ModelDriver {
    private final World world;
    private final EventLoop loop;
    private final StartedRun<?> started;
    private boolean isInside;
    private boolean hasLeft;
    private boolean hasLetGo;

    OnIsland(World world, Function<Run, StartedRun<?>> made) {
      this.world = world;
      this.loop = new EventLoop(Deadline.NEVER, world);
      this.started = made.apply(loop);
      var work = new CompletableFuture<Integer>();
      world.thread(() -> work.complete(1));
      loop.resume(work)
          .thenCompose(_ -> loop.sleep(Duration.ofMillis(world.random.nextInt(40))))
          .thenRun(() -> hasLetGo = true);
    }

    @Override
    public Core<?, ?> core() {
      return started.core();
    }

    @Override
    public boolean isDone() {
      return started.isDone();
    }

    @Override
    public boolean canStep(boolean isRead) {
      return !hasLeft && !isInside && loop.isDue();
    }

    @Override
    public void step() {
      isInside = true;
      loop.turn();
      isInside = false;
    }

    @Override
    public long due() {
      return hasLeft ? Core.NEVER : loop.nextSleepEnd();
    }

    @Override
    public boolean canLeave() {
      return !isInside && !hasLeft;
    }

    @Override
    public void leave() {
      isInside = true;
      hasLeft = true;
      loop.leave(world.chance(2) ? Duration.ZERO : Duration.ofMillis(100));
      isInside = false;
    }

    @Override
    public void parkInUserCode() {} // its tasks wait, whatever it does

    boolean hasLetGo() {
      return hasLetGo;
    }
  }
}
