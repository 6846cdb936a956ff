/// Bounded asynchronous work under a deadline.
///
/// A [FanOut] starts an operation for each input, never more than `concurrency` of them at once,
/// and gives each input exactly one [Outcome]. What a run may know of time, threads and chance it
/// takes from a [Run], so that the same code runs on one thread of a Lambda function and in a
/// simulation with a virtual clock.
@NullMarked
package dev.sluice.async;

import org.jspecify.annotations.NullMarked;
