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
record Workload(
    Iterable<Integer> inputs,
    Work work,
    Consumer<Told> sink,
    @Nullable Duration timeout,
    @Nullable Duration deadline,
    @Nullable IntUnaryOperator weight) {
  static Workload of(Iterable<Integer> inputs, Work work, Consumer<Told> sink) {
    return new Workload(inputs, work, sink, null, null, null);
  }

  Workload timeout(Duration each) {
    return new Workload(inputs, work, sink, each, deadline, weight);
  }

  Workload deadline(Duration whole) {
    return new Workload(inputs, work, sink, timeout, whole, weight);
  }

  Workload weight(IntUnaryOperator each) {
    return new Workload(inputs, work, sink, timeout, deadline, each);
  }
}
