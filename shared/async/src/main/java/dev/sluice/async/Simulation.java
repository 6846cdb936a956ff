package dev.sluice.async;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Runs stages on the calling thread and a virtual clock, in an order that a seed decides: an hour
/// of back-off passes at once, and the same seed gives the same run again.
///
/// ```java
/// var simulation = new Simulation(seed);
/// var run = simulation.run(Duration.ofSeconds(60));
/// var result = simulation.await(stage.run(message, run));
/// ```
///
/// The next task of each run's serial executor is one step, and so is each offloaded task. The seed
/// picks the next step; when there is none, the clock moves on to the next alarm. So one seed is
/// one history. A simulation and its runs belong to one thread.
public final class Simulation {
  private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
  private static final long MAX_STEPS = 10_000_000;

  /// @param of the run that sleeps; null for an event of the world
  private record Alarm(long due, long order, @Nullable Run of, Runnable action) {}

  private final long seed;
  private final long mostSteps;
  private final SplittableRandom random;
  private final List<SimulatedRun> runs = new ArrayList<>();
  private final List<Runnable> offloaded = new ArrayList<>();
  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(
          Comparator.<Alarm>comparingLong(Alarm::due).thenComparingLong(Alarm::order));
  private long nanos;
  private long armed;
  private long steps;

  /// Makes a simulation that has taken no step; its clock shows 2026-01-01T00:00:00Z.
  public Simulation(long seed) {
    this(seed, MAX_STEPS);
  }

  Simulation(long seed, long mostSteps) {
    this.seed = seed;
    this.mostSteps = mostSteps;
    this.random = new SplittableRandom(seed);
  }

  /// Makes one more run, as one invocation would have. Its deadline is `left` from now.
  public Run run(Duration left) {
    var run = new SimulatedRun(Deadline.in(left, this::nanoTime));
    runs.add(run);
    return run;
  }

  /// Ends the island of this run, as when its handler has answered. Its fan-outs are cancelled, and
  /// the tasks of its executor and its sleeps still happen; see [Island].
  public void leave(Run run) {
    if (run instanceof SimulatedRun left && runs.contains(left)) {
      left.leave();
    }
  }

  /// Kills the process of this run, or lets it never thaw. The tasks of its executor and its sleeps
  /// are dropped, and new ones are rejected. Its offloaded tasks run on, as threads do.
  public void end(Run run) {
    if (run instanceof SimulatedRun ended && runs.remove(ended)) {
      ended.isKilled = true;
      alarms.removeIf(alarm -> alarm.of == ended);
    }
  }

  /// The virtual clock, in nanoseconds from the beginning.
  public long nanoTime() {
    return nanos;
  }

  /// The virtual time of day.
  public Instant now() {
    return EPOCH.plusNanos(nanos);
  }

  /// Lets an event of the world happen after `delay`: an answer arrives, a server dies.
  public void after(Duration delay, Runnable happens) {
    alarms.add(new Alarm(nanos + Math.max(0, delay.toNanos()), armed++, null, happens));
  }

  /// Takes steps until the stage has ended, and returns its result.
  ///
  /// @throws Exception the failure of the stage, without a `CompletionException` around it
  /// @throws IllegalStateException if no step is left or ten million were taken, and the stage has
  ///   not ended; names the seed
  public <R extends @Nullable Object> R await(CompletionStage<R> stage) throws Exception {
    var ended = new CompletableFuture<R>();
    stage.whenComplete((value, failure) -> {
      if (failure == null) {
        ended.complete(value);
      } else {
        ended.completeExceptionally(failure);
      }
    });
    until(ended::isDone);
    try {
      return ended.join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof Exception cause ? cause : failed;
    }
  }

  /// Takes steps until the condition holds.
  ///
  /// @throws IllegalStateException if no step is left or ten million were taken, and the condition
  ///   does not hold; names the seed
  public void until(BooleanSupplier holds) {
    while (!holds.getAsBoolean()) {
      if (!step()) {
        throw new IllegalStateException(
            "stuck: nothing is left to happen and the stage has not ended, seed " + seed);
      }
    }
  }

  /// Takes one step.
  ///
  /// @return whether there was a step to take
  public boolean step() {
    if (++steps > mostSteps) {
      throw new IllegalStateException("not ended after " + mostSteps + " steps, seed " + seed);
    }
    var ready = runs.stream().filter(run -> !run.tasks.isEmpty()).toList();
    var choices = ready.size() + offloaded.size();
    if (choices > 0) {
      var choice = random.nextInt(choices);
      var task =
          choice < ready.size()
              ? ready.get(choice).tasks.remove()
              : offloaded.remove(choice - ready.size());
      task.run();
      return true;
    }
    var alarm = alarms.poll();
    if (alarm == null) {
      return false;
    }
    nanos = Math.max(nanos, alarm.due);
    alarm.action.run();
    return true;
  }

  private final class SimulatedRun implements Run {
    private final Map<Long, CompletableFuture<@Nullable Void>> ends = new LinkedHashMap<>();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Offload offload = new SimulatedOffload();
    private Deadline deadline;
    private boolean hasEnded;
    private boolean isKilled;

    SimulatedRun(Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public Instant now() {
      return Simulation.this.now();
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public Deadline deadline() {
      return deadline;
    }

    @Override
    public Executor executor() {
      return this::add;
    }

    private void add(Runnable task) {
      checkAlive();
      tasks.add(task);
    }

    private void checkAlive() {
      if (isKilled) {
        throw new RejectedExecutionException("the run was killed");
      }
    }

    @Override
    public CompletableFuture<@Nullable Void> ended() {
      checkAlive();
      var end = new CompletableFuture<@Nullable Void>();
      if (hasEnded) {
        tasks.add(() -> end.complete(null));
      } else {
        var key = armed++;
        ends.put(key, end);
        end.whenComplete((_, _) -> ends.remove(key));
      }
      return end;
    }

    void leave() {
      hasEnded = true;
      deadline = Deadline.in(Duration.ZERO, Simulation.this::nanoTime);
      ends.values().forEach(end -> tasks.add(() -> end.complete(null)));
      ends.clear();
    }

    @Override
    public Offload cpu() {
      return offload;
    }

    @Override
    public Offload blocking() {
      return offload;
    }

    @Override
    public RandomGenerator random() {
      return random;
    }

    @Override
    public CompletableFuture<@Nullable Void> sleep(Duration delay) {
      checkAlive();
      var slept = new CompletableFuture<@Nullable Void>();
      var alarm =
          new Alarm(
              nanos + Math.max(0, delay.toNanos()),
              armed++,
              this,
              () -> tasks.add(() -> slept.complete(null)));
      alarms.add(alarm);
      slept.whenComplete((_, _) -> alarms.remove(alarm));
      return slept;
    }
  }

  /// Makes each task one step; the step runs the whole task.
  private final class SimulatedOffload implements Offload {
    @Override
    public <R extends @Nullable Object> CompletableFuture<R> submit(Callable<R> task) {
      var ended = new CompletableFuture<R>();
      offloaded.add(() -> {
        if (ended.isDone()) {
          return; // withdrawn before its turn
        }
        try {
          ended.complete(task.call());
        } catch (Throwable failure) {
          ended.completeExceptionally(failure);
        }
      });
      return ended;
    }
  }
}
