package dev.sluice.fetch;

import dev.sluice.async.Deadline;
import dev.sluice.async.Offload;
import dev.sluice.async.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A run that counts what it is given for the threads for computing.
record CountingRun(Run run, AtomicInteger submitted) implements Run {
  CountingRun(Run run) {
    this(run, new AtomicInteger());
  }

  @Override
  public Offload cpu() {
    return new Offload() {
      @Override
      public <R extends @Nullable Object> CompletableFuture<R> submit(Callable<R> task) {
        submitted.incrementAndGet();
        return run.cpu().submit(task);
      }
    };
  }

  @Override
  public Instant now() {
    return run.now();
  }

  @Override
  public long nanoTime() {
    return run.nanoTime();
  }

  @Override
  public Deadline deadline() {
    return run.deadline();
  }

  @Override
  public Executor executor() {
    return run.executor();
  }

  @Override
  public CompletableFuture<@Nullable Void> ended() {
    return run.ended();
  }

  @Override
  public Offload blocking() {
    return run.blocking();
  }

  @Override
  public RandomGenerator random() {
    return run.random();
  }

  @Override
  public CompletableFuture<@Nullable Void> sleep(Duration delay) {
    return run.sleep(delay);
  }
}
