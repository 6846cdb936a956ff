/// `bench/fanout` measures the cost of an item in the async library, and in the libraries that
/// people use, in one run.
///
/// `FanOutMain` starts JMH with a fork for each benchmark in each round, so that a disturbance of
/// the machine disturbs all alike; `CostTable` writes the costs. A benchmark is a method of
/// [Complete], [ByAnotherThread], [RisingInputs], [RisingLimits], [Timers] or [Clock].
@NullMarked
package dev.sluice.bench.fanout;

import org.jspecify.annotations.NullMarked;
