package dev.sluice.bench.guarantees;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Uses the JDK alone: the caller takes a permit, a virtual thread does the work and returns the
/// permit, a timer interrupts at the timeout, `shutdownNow` interrupts at the deadline.
final class VirtualThreads implements Subject {
  private static final Duration AFTER_INTERRUPT = Duration.ofMillis(50);

  @Override
  public String name() {
    return "virtual threads + `Semaphore`";
  }

  @Override
  public Limited limited(int limit, Duration patience) {
    return new Permits(new Semaphore(limit), patience, Pause.timer(1));
  }

  private record Permits(Semaphore semaphore, Duration patience, ScheduledExecutorService timer)
      implements Limited {
    @Override
    public RunResult run(Workload workload) throws InterruptedException {
      var whole = workload.deadline() == null ? Duration.ofDays(1) : workload.deadline();
      var end = System.nanoTime() + whole.toNanos();
      var threads = Executors.newVirtualThreadPerTaskExecutor();
      try {
        for (int item : workload.inputs()) {
          var weight = workload.weight() == null ? 1 : workload.weight().applyAsInt(item);
          var wait = Math.min(patience.toNanos(), end - System.nanoTime());
          if (semaphore.tryAcquire(weight, wait, NANOSECONDS)) {
            threads.execute(() -> {
              try {
                workload.sink().accept(one(workload, item));
              } finally {
                semaphore.release(weight);
              }
            });
          } else {
            workload.sink().accept(new Told(item, Told.How.NOT_STARTED));
            if (System.nanoTime() - end >= 0) {
              break;
            }
          }
        }
        threads.shutdown();
        threads.awaitTermination(end - System.nanoTime(), NANOSECONDS);
      } finally {
        threads.shutdownNow();
      }
      // The example of the JDK waits a second time, for tasks that were interrupted.
      threads.awaitTermination(AFTER_INTERRUPT.toMillis(), MILLISECONDS);
      return RunResult.Ran.ENDED;
    }

    private Told one(Workload workload, int item) {
      var late = new AtomicBoolean();
      var alarm = alarm(workload.timeout(), late);
      try {
        workload.work().call(item);
        return Told.succeeded(item);
      } catch (Exception thrown) {
        return late.get() ? new Told(item, Told.How.TIMED_OUT) : Told.of(item, thrown);
      } finally {
        alarm.cancel(false);
      }
    }

    private Future<?> alarm(@Nullable Duration timeout, AtomicBoolean late) {
      if (timeout == null) {
        return CompletableFuture.completedFuture(null);
      }
      var worker = Thread.currentThread();
      return timer.schedule(
          () -> {
            late.set(true);
            worker.interrupt();
          },
          timeout.toNanos(),
          NANOSECONDS);
    }

    @Override
    public void close() {
      timer.shutdownNow();
    }
  }
}
