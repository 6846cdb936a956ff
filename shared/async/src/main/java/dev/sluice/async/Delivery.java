package dev.sluice.async;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Counts outcomes and hands them to the sink, in the order of their items if an order is wanted.
/// Only the driver calls it.
final class Delivery<T, R extends @Nullable Object> {
  private final Sink<T, R> sink;
  private final Window<T, R> window;
  private final Consumer<Throwable> breaks;
  private boolean sinkThrew;
  private long succeeded;
  private long failed;
  private long timedOut;
  private long cancelled;
  private long notStarted;

  /// @param window the size of the ordering window, 0 for no order
  /// @param breaks takes the exception of the sink, which is not called again
  Delivery(Sink<T, R> sink, int window, Consumer<Throwable> breaks) {
    this.sink = sink;
    this.window = new Window<>(this::emit, window);
    this.breaks = breaks;
  }

  /// Whether the ordering window has a place for one more item.
  boolean hasPlace(long pulled) {
    return window.hasPlace(pulled);
  }

  /// Whether no item may start until somebody has taken outcomes from the sink.
  boolean isFull() {
    return sink.isFull();
  }

  boolean isEnoughFor(Completion policy) {
    return policy.isDecided(succeeded, failed + timedOut);
  }

  void accept(long index, Outcome<T, R> outcome) {
    switch (outcome) {
      case Outcome.Success<T, R> _ -> succeeded++;
      case Outcome.Failure<T, R> _ -> failed++;
      case Outcome.TimedOut<T, R> _ -> timedOut++;
      case Outcome.Cancelled<T, R> _ -> cancelled++;
      case Outcome.NotStarted<T, R> _ -> notStarted++;
    }
    window.accept(index, outcome);
  }

  private void emit(long index, Outcome<T, R> outcome) {
    if (sinkThrew) {
      return;
    }
    try {
      sink.accept(index, outcome);
    } catch (RuntimeException | Error thrown) {
      sinkThrew = true;
      breaks.accept(thrown);
    }
  }

  Summary summary(long pulled, long retried, List<?> overdue, Duration longestStall) {
    return new Summary(
        pulled, succeeded, failed, timedOut, cancelled, notStarted, retried, overdue, longestStall);
  }
}
