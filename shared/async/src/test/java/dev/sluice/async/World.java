package dev.sluice.async;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// All that happens outside a driver, one thing at a time, in an order that a seed decides: timers,
/// cancel threads, and the threads that end operations. Its clock stands until it is moved.
final class World implements Timer {
  private record Alarm(long due, Runnable action, CompletableFuture<Boolean> withdrawn) {}

  final SplittableRandom random;
  private final List<Alarm> alarms = new ArrayList<>();
  private final List<Runnable> cancels = new ArrayList<>();
  private final List<Runnable> threads = new ArrayList<>();
  private long nanos = 1;
  private int depth;
  private @Nullable AssertionError broken;

  World(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /// A promise was broken; the first counts.
  void broken(AssertionError promise) {
    if (broken == null) {
      broken = promise;
    }
  }

  void check() {
    if (broken != null) {
      throw broken;
    }
  }

  boolean chance(int outOf) {
    return random.nextInt(outOf) == 0;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public Future<?> at(long dueNanos, Runnable action) {
    var withdrawn = new CompletableFuture<Boolean>();
    alarms.add(new Alarm(dueNanos, action, withdrawn));
    return withdrawn;
  }

  @Override
  public void cancel(Runnable action) {
    cancels.add(action);
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  /// Something that another thread will do, some time.
  void thread(Runnable does) {
    threads.add(does);
  }

  void advanceTo(long due) {
    nanos = Math.max(nanos, due);
  }

  void advance(long by) {
    nanos += by;
  }

  /// The instant of the next alarm, or NEVER.
  long nextAlarm() {
    alarms.removeIf(alarm -> alarm.withdrawn.isDone());
    return alarms.stream().mapToLong(Alarm::due).min().orElse(Core.NEVER);
  }

  boolean hasWork() {
    return !threads.isEmpty() || !cancels.isEmpty() || nextAlarm() <= nanos;
  }

  /// One of the things that other threads can do now.
  void work() {
    var due = alarms.stream().filter(alarm -> !alarm.withdrawn.isDone() && alarm.due <= nanos);
    var ready = due.toList();
    var choice = random.nextInt(ready.size() + cancels.size() + threads.size());
    if (choice < ready.size()) {
      alarms.remove(ready.get(choice));
      ready.get(choice).action.run();
    } else if (choice < ready.size() + cancels.size()) {
      cancels.remove(choice - ready.size()).run();
    } else {
      threads.remove(choice - ready.size() - cancels.size()).run();
    }
  }

  /// All that is under way has its end.
  void playOut() {
    while (hasWork() || nextAlarm() != Core.NEVER) {
      if (hasWork()) {
        work();
      } else {
        advanceTo(nextAlarm());
      }
    }
  }

  /// What goes on elsewhere while a driver is inside user code.
  ///
  /// @param elsewhere what else can happen there
  void meanwhile(Runnable elsewhere) {
    if (depth > 1 || !chance(3)) {
      return;
    }
    depth++;
    for (var i = random.nextInt(4); i > 0; i--) {
      if (chance(3)) {
        advance(random.nextLong(History.MILLI * 15));
      } else if (chance(3)) {
        elsewhere.run();
      } else if (hasWork()) {
        work();
      }
    }
    depth--;
  }
}
