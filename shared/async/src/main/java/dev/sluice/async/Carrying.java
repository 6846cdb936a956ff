package dev.sluice.async;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// An offload that runs each task in a context taken on the thread that submits it.
record Carrying(Offload offload, UnaryOperator<Runnable> context) implements Offload {
  @Override
  public <R extends @Nullable Object> CompletableFuture<R> submit(Callable<R> task) {
    var work = new FutureTask<>(task);
    var carried = context.apply(work);
    return offload.submit(() -> {
      carried.run();
      if (!work.isDone()) {
        throw new IllegalStateException("the context did not run what it was given");
      }
      return result(work);
    });
  }

  private static <R extends @Nullable Object> R result(FutureTask<R> work) throws Exception {
    try {
      return work.get();
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case Exception cause -> throw cause;
        case Error error -> throw error;
        case null, default -> throw failed;
      }
    }
  }
}
