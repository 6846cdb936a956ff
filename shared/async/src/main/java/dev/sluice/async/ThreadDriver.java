package dev.sluice.async;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Drives a run on a virtual thread of its own.
final class ThreadDriver<T, R extends @Nullable Object, Z extends @Nullable Object>
    extends StartedRun<Z> {
  private final Core<T, R> core;
  private final Thread thread;

  ThreadDriver(
      FanOut<T, R> plan,
      Iterable<? extends T> inputs,
      Sink<T, R> sink,
      Function<Summary, Z> result) {
    this.core = new Core<>(plan, Timer.SYSTEM, inputs, sink, this::wake);
    Runnable drive =
        () -> {
          Parking.untilDone(core);
          end(result);
        };
    this.thread = Thread.ofVirtual().name("sluice-run").unstarted(core.carriedSurely(drive));
    thread.start();
  }

  private void wake() {
    LockSupport.unpark(thread);
  }

  @Override
  Core<?, ?> core() {
    return core;
  }
}
