package dev.sluice.async;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The run of one island: a serial executor and its sleeps, driven by one thread at a time.
///
/// The caller drives until it leaves. After that a cancel thread drives whenever there is a task:
/// work that was under way ends later, and the stages chained on it must run, or files, permits and
/// sockets stay held for ever.
///
/// Other threads touch `tasks` alone. The work that the stage has under way bounds its length, for
/// each task is the end of an operation that the stage began.
final class EventLoop implements Run, Executor {
  private static final Offload BLOCKING = Offload.blocking(64);

  private record Sleep(long due, long order, CompletableFuture<@Nullable Void> future) {}

  private final Timer timer;
  private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

  // True while a thread drives or is on its way; the thread that sets it drives.
  private final AtomicBoolean isDriven = new AtomicBoolean(true);

  // The caller writes this once, when it leaves.
  private volatile Deadline deadline;

  // The driving thread owns these.
  private final PriorityQueue<Sleep> sleeps =
      new PriorityQueue<>(
          Comparator.<Sleep>comparingLong(Sleep::due).thenComparingLong(Sleep::order));
  private final Map<Long, CompletableFuture<@Nullable Void>> ends = new LinkedHashMap<>();
  private boolean hasEnded;
  private long order;

  EventLoop(Deadline deadline, Timer timer) {
    this.deadline = deadline;
    this.timer = timer;
  }

  /// The caller drives until the stage has ended.
  ///
  /// @throws TimeoutException if the stage has not ended at the deadline and the grace after it
  void driveUntil(CompletableFuture<?> ended, Duration grace)
      throws InterruptedException, TimeoutException {
    while (!ended.isDone()) {
      ring();
      var left = left(grace);
      if (left <= 0) {
        throw new TimeoutException("the stage did not end before its deadline");
      }
      var wait = Math.min(untilSleepEnd(), left);
      var task = tasks.poll(wait, TimeUnit.NANOSECONDS);
      if (task != null) {
        task.run();
      }
    }
  }

  private long left(Duration grace) {
    var left = deadline.leftNanos();
    return left == Long.MAX_VALUE ? left : left + grace.toNanos();
  }

  private long untilSleepEnd() {
    var next = nextSleepEnd();
    return next == Core.NEVER ? Long.MAX_VALUE : next - nanoTime();
  }

  /// The instant at which the next sleep ends, or [Core#NEVER].
  long nextSleepEnd() {
    var first = sleeps.peek();
    return first == null ? Core.NEVER : first.due;
  }

  /// Whether the caller has left. Only the driving thread asks.
  boolean hasEnded() {
    return hasEnded;
  }

  /// Whether [#turn] has a task to run.
  boolean isDue() {
    return !tasks.isEmpty() || untilSleepEnd() <= 0;
  }

  /// Runs one task on the calling thread, if one is there.
  void turn() {
    ring();
    var task = tasks.poll();
    if (task != null) {
      task.run();
    }
  }

  private void ring() {
    for (var first = sleeps.peek();
        first != null && first.due - nanoTime() <= 0;
        first = sleeps.peek()) {
      sleeps.remove();
      first.future.complete(null);
    }
  }

  /// Ends the run, as the caller leaves: fan-outs are cancelled, sleeps go on by the timer.
  ///
  /// The caller first runs the tasks that can run at once, the outcomes of the cancelled fan-outs
  /// among them, for on Lambda the process is frozen after it.
  ///
  /// @param most how long the caller stays for that
  void leave(Duration most) {
    hasEnded = true;
    deadline = Deadline.in(Duration.ZERO, this::nanoTime);
    sleeps.forEach(this::byTimer);
    sleeps.clear();
    var told = new ArrayList<>(ends.values());
    ends.clear();
    told.forEach(end -> end.complete(null));
    var until = nanoTime() + most.toNanos();
    while (nanoTime() - until < 0 && runOne()) {}
    isDriven.set(false);
    driveOn();
  }

  private boolean runOne() {
    var task = tasks.poll();
    if (task != null) {
      Timer.alone(task);
    }
    return task != null;
  }

  private void driveOn() {
    if (!tasks.isEmpty() && isDriven.compareAndSet(false, true)) {
      timer.cancel(this::drain);
    }
  }

  private void drain() {
    while (runOne()) {}
    isDriven.set(false);
    driveOn();
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    driveOn();
  }

  @Override
  public CompletableFuture<@Nullable Void> sleep(Duration delay) {
    var future = new CompletableFuture<@Nullable Void>();
    var due = nanoTime() + delay.toNanos();
    execute(() -> arm(new Sleep(due, order++, future)));
    return future;
  }

  private void arm(Sleep sleep) {
    if (hasEnded) {
      byTimer(sleep);
      return;
    }
    sleeps.add(sleep);
    sleep.future.whenComplete((_, failure) -> {
      if (failure != null) {
        execute(() -> sleeps.remove(sleep));
      }
    });
  }

  private void byTimer(Sleep sleep) {
    var armed = timer.at(sleep.due, () -> execute(() -> sleep.future.complete(null)));
    sleep.future.whenComplete((_, _) -> armed.cancel(false));
  }

  @Override
  public CompletableFuture<@Nullable Void> ended() {
    var end = new CompletableFuture<@Nullable Void>();
    execute(() -> await(end));
    return end;
  }

  private void await(CompletableFuture<@Nullable Void> end) {
    if (hasEnded) {
      end.complete(null);
      return;
    }
    var key = order++;
    ends.put(key, end);
    end.whenComplete((_, failure) -> {
      if (failure != null) {
        execute(() -> ends.remove(key));
      }
    });
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return timer.nanoTime();
  }

  @Override
  public Deadline deadline() {
    return deadline;
  }

  @Override
  public Executor executor() {
    return this;
  }

  @Override
  public Offload cpu() {
    return Offload.cpu();
  }

  @Override
  public Offload blocking() {
    return BLOCKING;
  }

  @Override
  public RandomGenerator random() {
    return timer.random();
  }
}
