/// `bench/fanout`: what an item costs in the async library, and in the ones people use, in one run.
///
/// `Main` → JMH, a fork for each benchmark in each round, so that what disturbs the machine
/// disturbs all alike → `Table`. A benchmark is a method of [Complete], [ByAnotherThread],
/// [Inputs], [Limits], [Timers] or [Clock].
@NullMarked
package dev.sluice.bench.fanout;

import org.jspecify.annotations.NullMarked;
