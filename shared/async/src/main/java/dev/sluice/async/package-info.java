/// Bounded asynchronous work under a deadline.
///
/// A [FanOut] starts an operation for each input, never more than `concurrency` of them at once,
/// and gives each input that it pulled exactly one [Outcome].
///
/// **The witness.** An operation gives back a stage; when the stage has ended the work has, and its
/// permit comes back. It is never cancelled. What an operation hands to its [Call] is what stops
/// the work: at the timeout, the deadline, a cancel of the run, the failure of a sibling.
///
/// **The driver.** One thread drives a run: it pulls, asks lanes and limiter, starts, and delivers.
/// It is the thread that called `forEach`, `collect` or `join`; whoever reads from `open`; a
/// virtual thread, or the executor of a [Run], for what `start…` began. So iterator, operation,
/// sink, keys, weights and predicates need no lock. Threads that end work only leave a note for it.
/// Cancels run on threads of their own, and nothing of a user on a timer.
///
/// **Time.** A timeout is a duration, of each attempt; a [Deadline] is an instant, of the whole
/// run. At deadline − reserve nothing starts any more, what runs is cancelled, and the outcomes
/// come before it passes. What ignores its cancel is waited for a second and then reported.
///
/// **Order.** Outcomes come as work ends, or by the inputs inside a window. [Lanes] decide which of
/// the items in the look-ahead starts next; a [Retry] waits there without a permit; a [Limiter] is
/// shared by runs, by count or by weight.
///
/// **Testing.** What may be known of time, threads and chance comes from a [Run], so the same code
/// runs on the thread of a Lambda function and in a [Simulation] with a virtual clock.
@NullMarked
package dev.sluice.async;

import org.jspecify.annotations.NullMarked;
