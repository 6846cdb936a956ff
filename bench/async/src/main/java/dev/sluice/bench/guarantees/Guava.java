package dev.sluice.bench.guarantees;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.ListeningExecutorService;
import com.google.common.util.concurrent.MoreExecutors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/// Runs a listening executor of `limit` threads, with `Futures.withTimeout` on each future and on
/// all of them, and callbacks on a sequential executor.
final class Guava implements Subject {
  @Override
  public String name() {
    return "Guava `Futures`";
  }

  @Override
  public Limited limited(int limit, Duration patience) {
    var daemons = Thread.ofPlatform().daemon().name("bench-guava-", 0).factory();
    return new GuavaPool(
        MoreExecutors.listeningDecorator(Executors.newFixedThreadPool(limit, daemons)),
        Pause.pool(),
        Pause.timer(1));
  }

  private record GuavaPool(
      ListeningExecutorService threads, ExecutorService callbacks, ScheduledExecutorService timer)
      implements Limited {
    @Override
    public RunResult run(Workload workload) throws InterruptedException {
      if (workload.weight() != null) {
        return new RunResult.Unsupported("permits by weight");
      }
      var sequential = MoreExecutors.newSequentialExecutor(callbacks);
      var open = new Outstanding();
      var all = new ArrayList<ListenableFuture<@Nullable Integer>>();
      for (int item : workload.inputs()) {
        open.begin();
        ListenableFuture<@Nullable Integer> result =
            threads.submit(() -> workload.work().call(item));
        if (workload.timeout() != null) {
          result = Futures.withTimeout(result, workload.timeout(), timer);
        }
        Futures.addCallback(result, new Teller(workload, item, open), sequential);
        all.add(result);
      }
      if (workload.deadline() != null) {
        end(Futures.withTimeout(Futures.successfulAsList(all), workload.deadline(), timer));
      }
      open.await();
      return RunResult.Ran.ENDED;
    }

    private static void end(ListenableFuture<?> whole) throws InterruptedException {
      try {
        whole.get();
      } catch (ExecutionException | CancellationException _) {
        // The deadline has passed and has cancelled each future; their callbacks tell the sink.
      }
    }

    @Override
    public void close() {
      threads.shutdownNow();
      callbacks.shutdown();
      timer.shutdownNow();
    }
  }

  private record Teller(Workload workload, int item, Outstanding open)
      implements FutureCallback<@Nullable Integer> {
    @Override
    public void onSuccess(@Nullable Integer value) {
      tell(Told.succeeded(item));
    }

    @Override
    public void onFailure(Throwable thrown) {
      tell(Told.of(item, thrown));
    }

    private void tell(Told told) {
      workload.sink().accept(told);
      open.end();
    }
  }
}
