package dev.sluice.local.pipeline;

import dev.sluice.edge.Log;
import dev.sluice.flow.Message;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.Visibilities;
import dev.sluice.flow.Web;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// All by which one invocation reaches the world.
public interface Hands {
  /// The variables of the function, as the template gives them.
  Map<String, String> env();

  ObjectStore store();

  /// A channel to this queue without a mark.
  <M extends Message> Outbox<M> unbounded(String queueUrl);

  /// A channel to the first queue whose sends wait while all of them hold as many as the mark.
  <M extends Message> Outbox<M> bounded(List<String> queueUrls, long high, long low);

  Web web();

  /// Of the queue that the invocation was fed from.
  Visibilities visibilities();

  Log log();

  /// Where archives lie until they are put.
  default Path temp() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }
}
