package dev.sluice.fetch;

import dev.sluice.archive.Json;
import dev.sluice.async.Run;
import dev.sluice.fetch.plan.HostLimits;
import dev.sluice.fetch.plan.HostMemories;
import dev.sluice.fetch.plan.Hosts;
import dev.sluice.flow.ObjectStore;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The hosts of a round, and the object `hosts/{group}` that remembers them: read at the start of
/// the round, written at its end and whenever a host is parked. One write at a time. Belongs to the
/// executor of its run.
final class HostNotes {
  private final ObjectStore store;
  private final Run run;
  private final String key;
  private final Hosts hosts;
  private Optional<ObjectStore.Piece> there;
  private CompletableFuture<?> tail = CompletableFuture.completedFuture(true);
  private boolean waits;

  private HostNotes(
      ObjectStore store,
      Run run,
      String key,
      Optional<ObjectStore.Piece> there,
      HostLimits limits) {
    this.store = store;
    this.run = run;
    this.key = key;
    this.there = there;
    hosts = new Hosts(limits, run.random(), memories(there), run.now(), this::writeSoon);
  }

  static CompletionStage<HostNotes> read(
      ObjectStore store, Run run, String key, HostLimits limits) {
    return run.resume(store.get(key))
        .thenApply(there -> new HostNotes(store, run, key, there, limits));
  }

  Hosts hosts() {
    return hosts;
  }

  /// An object that cannot be read, as of an older version, is forgotten: it is a memory, and a
  /// host group that fails for ever is worse than a host that is asked once too early.
  private static HostMemories memories(Optional<ObjectStore.Piece> there) {
    try {
      return there
          .map(piece -> Json.read(HostMemories.class, piece.bytes()))
          .orElse(HostMemories.NONE);
    } catch (IllegalArgumentException unreadable) {
      return HostMemories.NONE;
    }
  }

  /// Writes while the round goes on. A failure is not reported: the write at the end writes the
  /// same and more.
  private void writeSoon() {
    if (!waits) {
      waits = true;
      tail =
          tail.handle((_, _) -> true)
              .thenCompose(_ -> {
                waits = false;
                return put();
              })
              .toCompletableFuture();
    }
  }

  /// Writes at the end of the round.
  CompletionStage<Boolean> write() {
    return tail.handle((_, _) -> true).thenCompose(_ -> put());
  }

  /// An invocation that loses merges its memories with those that the other one wrote.
  private CompletionStage<Boolean> put() {
    var before = memories(there);
    var now = hosts.memories(before, run.now());
    if (now.equals(before)) {
      return CompletableFuture.completedFuture(true);
    }
    var condition =
        there
            .<ObjectStore.Condition>map(piece -> new ObjectStore.Condition.IfMatch(piece.etag()))
            .orElseGet(ObjectStore.Condition.IfAbsent::new);
    var bytes = Json.bytes(now);
    return run.resume(store.put(key, new ObjectStore.Content.Bytes(bytes), condition))
        .thenCompose(put ->
            switch (put) {
              case ObjectStore.Put.Done(var etag) -> {
                there = Optional.of(new ObjectStore.Piece(etag, bytes.length, bytes));
                yield CompletableFuture.completedFuture(true);
              }
              case ObjectStore.Put.Lost() ->
                  run.resume(store.get(key))
                      .thenCompose(theirs -> {
                        there = theirs;
                        return put();
                      });
            });
  }
}
