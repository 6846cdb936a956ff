package dev.sluice.bench.guarantees;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The news of one input for the sink.
record Told(int item, How how) {
  enum How {
    SUCCEEDED,
    FAILED,
    TIMED_OUT,
    CANCELLED,
    NOT_STARTED
  }

  static Told succeeded(int item) {
    return new Told(item, How.SUCCEEDED);
  }

  /// Tells how the input ended by its exception, if there is one, without the exceptions around it.
  static Told of(int item, @Nullable Throwable thrown) {
    return switch (thrown) {
      case null -> succeeded(item);
      case TimeoutException _ -> new Told(item, How.TIMED_OUT);
      case CancellationException _ -> new Told(item, How.CANCELLED);
      case InterruptedException _ -> new Told(item, How.CANCELLED);
      case CompletionException _ when thrown.getCause() != null -> of(item, thrown.getCause());
      case ExecutionException _ when thrown.getCause() != null -> of(item, thrown.getCause());
      default -> new Told(item, How.FAILED);
    };
  }
}
