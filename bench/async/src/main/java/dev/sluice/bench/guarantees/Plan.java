package dev.sluice.bench.guarantees;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/// A run that a question asks of a library. A subject names the feature that it lacks for a part
/// that is set.
///
/// @param timeout of each input's work, from its start; null for none
/// @param deadline of the whole run, from its start; null for none
/// @param weight permits that an input takes; null for one each
record Plan(
    Iterable<Integer> inputs,
    Work work,
    Consumer<Told> sink,
    @Nullable Duration timeout,
    @Nullable Duration deadline,
    @Nullable IntUnaryOperator weight) {
  static Plan of(Iterable<Integer> inputs, Work work, Consumer<Told> sink) {
    return new Plan(inputs, work, sink, null, null, null);
  }

  Plan timeout(Duration each) {
    return new Plan(inputs, work, sink, each, deadline, weight);
  }

  Plan deadline(Duration whole) {
    return new Plan(inputs, work, sink, timeout, whole, weight);
  }

  Plan weight(IntUnaryOperator each) {
    return new Plan(inputs, work, sink, timeout, deadline, each);
  }
}
