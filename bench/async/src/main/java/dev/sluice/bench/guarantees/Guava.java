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
    return new Pool(
        MoreExecutors.listeningDecorator(Executors.newFixedThreadPool(limit, daemons)),
        Pause.pool(),
        Pause.timer(1));
  }

  private record Pool(
      ListeningExecutorService threads, ExecutorService callbacks, ScheduledExecutorService timer)
      implements Limited {
    @Override
    public Answer run(Plan plan) throws InterruptedException {
      if (plan.weight() != null) {
        return new Answer.HasNone("permits by weight");
      }
      var sequential = MoreExecutors.newSequentialExecutor(callbacks);
      var open = new Outstanding();
      var all = new ArrayList<ListenableFuture<@Nullable Integer>>();
      for (int item : plan.inputs()) {
        open.begin();
        ListenableFuture<@Nullable Integer> result = threads.submit(() -> plan.work().call(item));
        if (plan.timeout() != null) {
          result = Futures.withTimeout(result, plan.timeout(), timer);
        }
        Futures.addCallback(result, new Teller(plan, item, open), sequential);
        all.add(result);
      }
      if (plan.deadline() != null) {
        end(Futures.withTimeout(Futures.successfulAsList(all), plan.deadline(), timer));
      }
      open.await();
      return Answer.Ran.ENDED;
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

  private record Teller(Plan plan, int item, Outstanding open)
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
      plan.sink().accept(told);
      open.end();
    }
  }
}
