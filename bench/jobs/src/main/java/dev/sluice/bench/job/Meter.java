package dev.sluice.bench.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sluice.local.mapping.Invoked;
import java.util.Map;
import java.util.TreeMap;

/// Counts the invocations of a stack that Lambda would bill, by function, with the memory that they
/// held, and the requests that Lambda's pollers would make of SQS for them. Any thread.
///
/// An event takes as many receives as it has tens of messages or 64 KB, and a delete for each ten.
/// The polls of an empty queue depend on how long it is empty, and are left out.
final class Meter {
  private static final int MOST_OF_SQS = 10;
  private static final double MEGABYTES_A_GIGABYTE = 1024;

  /// Of one function.
  record FunctionUse(long invocations, double gigabyteSeconds) {
    private FunctionUse plus(double more) {
      return new FunctionUse(invocations + 1, gigabyteSeconds + more);
    }
  }

  @GuardedBy("this")
  private final Map<String, FunctionUse> functions = new TreeMap<>();

  @GuardedBy("this")
  private final Map<String, Long> polls = new TreeMap<>();

  synchronized void invoked(Invoked invoked) {
    var seconds = Math.ceilDiv(invoked.took().toNanos(), 1_000_000L) / 1000.0;
    var used = seconds * invoked.function().memoryMegabytes() / MEGABYTES_A_GIGABYTE;
    functions.merge(
        invoked.function().name(), new FunctionUse(1, used), (sofar, _) -> sofar.plus(used));
    var tens = Math.ceilDiv(invoked.messages(), MOST_OF_SQS);
    var receives = Math.max(tens, Math.ceilDiv(invoked.characters(), Calls.BILLED_BYTES));
    polls.merge(Calls.queue(invoked.queue().queueName()), receives + tens, Long::sum);
  }

  synchronized Map<String, FunctionUse> functions() {
    return Map.copyOf(functions);
  }

  /// Requests by unit of the price list.
  synchronized Map<String, Long> polls() {
    return Map.copyOf(polls);
  }
}
