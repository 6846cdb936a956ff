/// Bounded asynchronous work under a deadline.
///
/// A [FanOut] starts an operation for each input, never more than `concurrency` of them at once,
/// and gives each input that it pulled exactly one [Outcome].
///
/// **The witness.** An operation gives back a stage; when the stage has ended the work has, and its
/// permit comes back. The stage is never cancelled. An operation hands its [Call] the future or the
/// action that stops the work, and the run cancels that: at the timeout, the deadline, a cancel of
/// the run, the failure of a sibling.
///
/// **The driver.** One thread drives a run: it pulls, asks lanes and limiter, starts, and delivers.
/// It is the thread that called `forEach`, `collect` or `join`; the thread that reads from `open`;
/// a virtual thread, or the executor of a [Run], for a run that `start…` began. So iterator,
/// operation, sink, keys, weights and predicates need no lock. Threads that end work only post a
/// note to the driver. Cancels run on threads of their own, and no user code runs on a timer.
///
/// **Time.** A timeout is a duration, of each attempt; a [Deadline] is an instant, of the whole
/// run. At deadline − reserve no item starts any more, running items are cancelled, and the
/// outcomes come before the deadline. The run waits a second for work that ignores its cancel, and
/// then reports it.
///
/// **Order.** Outcomes come as work ends, or by the inputs inside a window. [Lanes] decide which of
/// the items in the look-ahead starts next; a [Retry] waits there without a permit; a [Limiter] is
/// shared by runs, by count or by weight.
///
/// **Testing.** A stage takes time, threads and chance from a [Run] alone, so the same code runs on
/// the thread of a Lambda function and in a [Simulation] with a virtual clock.
@NullMarked
package dev.sluice.async;

import org.jspecify.annotations.NullMarked;
