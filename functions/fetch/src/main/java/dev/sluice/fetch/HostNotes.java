package dev.sluice.fetch;

import dev.sluice.archive.Json;
import dev.sluice.async.Run;
import dev.sluice.fetch.plan.HostMemories;
import dev.sluice.fetch.plan.Hosts;
import dev.sluice.flow.ObjectStore;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The object `hosts/{group}` during a round: read at its start, written at its end and whenever a
/// host is parked. One write at a time. Belongs to the executor of its run.
final class HostNotes {
  private final ObjectStore store;
  private final Run run;
  private final String key;
  private Optional<ObjectStore.Piece> there;
  private CompletableFuture<?> tail = CompletableFuture.completedFuture(true);
  private boolean waits;

  private HostNotes(ObjectStore store, Run run, String key, Optional<ObjectStore.Piece> there) {
    this.store = store;
    this.run = run;
    this.key = key;
    this.there = there;
  }

  static CompletionStage<HostNotes> read(ObjectStore store, Run run, String key) {
    return run.resume(store.get(key)).thenApply(there -> new HostNotes(store, run, key, there));
  }

  /// What can be read of it. What cannot, as of an older version, is forgotten: it is a memory, and
  /// a host group that fails for ever is worse than a host that is asked once too early.
  HostMemories memories() {
    try {
      return there
          .map(piece -> Json.read(HostMemories.class, piece.bytes()))
          .orElse(HostMemories.NONE);
    } catch (IllegalArgumentException unreadable) {
      return HostMemories.NONE;
    }
  }

  /// Writes while the round goes on. A failure is not told: the write at the end says the same and
  /// more.
  void writeSoon(Hosts hosts) {
    if (!waits) {
      waits = true;
      tail =
          tail.handle((_, _) -> true)
              .thenCompose(_ -> {
                waits = false;
                return put(hosts);
              })
              .toCompletableFuture();
    }
  }

  /// Writes what is known in the end.
  CompletionStage<Boolean> write(Hosts hosts) {
    return tail.handle((_, _) -> true).thenCompose(_ -> put(hosts));
  }

  /// Who loses merges with what the other one wrote.
  private CompletionStage<Boolean> put(Hosts hosts) {
    var before = memories();
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
                        return put(hosts);
                      });
            });
  }
}
