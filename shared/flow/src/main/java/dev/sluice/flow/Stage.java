package dev.sluice.flow;

import dev.sluice.async.Run;
import java.util.concurrent.CompletionStage;

/// The work of a function on one message.
///
/// A stage never blocks and reads clock, timer, executor and chance from its run. It may be run
/// again with the same message at any time, also while it runs elsewhere: its effect is one object
/// that is put once, and the sends that follow from that object.
///
/// @param <M> the message
/// @param <R> the result, for the log line: a record of plain values
@FunctionalInterface
public interface Stage<M extends Message, R extends Record> {
  /// Completes when all effects are done. Fails when a queue or the store refused: the message then
  /// comes back. A bad page is no failure of the stage.
  CompletionStage<R> run(M message, Run run);
}
