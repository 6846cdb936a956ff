package dev.sluice.flow;

import dev.sluice.async.Run;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// The bucket as a stage sees it: whole objects, put once or compared before they are replaced.
///
/// Futures complete on a thread of the adapter ([dev.sluice.async.Run#resume] brings them back),
/// and with [Unavailable] when the store refused for a reason of its own. Cancelling one stops its
/// request; a put may have happened all the same.
public interface ObjectStore {
  /// The metadata of an object.
  ///
  /// @param etag as the store gives it, quotes included
  /// @param modified when it was put, in whole seconds
  record Head(String etag, long size, Instant modified) {}

  /// A piece of an object, or all of it.
  ///
  /// @param size of the whole object
  /// @param bytes not copied: the caller owns them
  @SuppressWarnings("ArrayRecordComponent") // read once by its one owner, never compared
  record Piece(String etag, long size, byte[] bytes) {}

  /// An object that a listing found.
  record StoredObject(String key, long size) {}

  /// One page of a listing in the order of keys.
  ///
  /// @param more whether keys follow after the last
  record Listing(List<StoredObject> entries, boolean more) {
    public Listing {
      entries = List.copyOf(entries);
    }
  }

  /// The bytes of a put.
  sealed interface Content {
    /// Bytes in memory; not copied, and not to be changed before the put has ended.
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Bytes(byte[] bytes) implements Content {}

    /// A file, which must stay until the put has ended.
    record File(Path path) implements Content {}
  }

  /// The condition of a put.
  sealed interface Condition {
    /// None: an object that is there is replaced.
    record Always() implements Condition {}

    /// There is no such object (`If-None-Match: *`).
    record IfAbsent() implements Condition {}

    /// The object still has this ETag (`If-Match`).
    record IfMatch(String etag) implements Condition {}
  }

  /// The result of a put.
  sealed interface Put {
    /// The object is there now.
    record Done(String etag) implements Put {}

    /// The condition did not hold, and nothing changed: another put was first.
    record Lost() implements Put {}
  }

  CompletableFuture<Optional<Head>> head(String key);

  /// The whole object, in memory; only for an object that is known to be small.
  CompletableFuture<Optional<Piece>> get(String key);

  /// At most `length` bytes from `offset`; fewer at the end, none at or beyond it.
  ///
  /// @throws IllegalArgumentException if `offset` is negative or `length` below 1
  CompletableFuture<Optional<Piece>> get(String key, long offset, long length);

  /// Checks a range as every store does in [#get(String, long, long)].
  static void checkRange(long offset, long length) {
    Rule.atLeast("offset", 0, offset);
    Rule.atLeast("length", 1, length);
  }

  /// The whole object into a file, which is created or replaced; empty if there is none, and then
  /// no file is left.
  CompletableFuture<Optional<Head>> download(String key, Path to);

  CompletableFuture<Put> put(String key, Content content, Condition condition);

  /// Puts bytes unless an object has this key already: whoever was first, its object counts.
  default CompletableFuture<Put> putOnce(String key, byte[] bytes) {
    return put(key, new Content.Bytes(bytes), new Condition.IfAbsent());
  }

  /// The keys that begin with `prefix` and come after `after` (exclusive, may be empty), at most
  /// 1,000.
  CompletableFuture<Listing> list(String prefix, String after);

  /// Lists all objects whose keys begin with `prefix`, in their order, page after page.
  ///
  /// @param reader reads one page, on the executor of the run; the next page is asked for when it
  ///   completes
  /// @return completes after the last page
  default CompletionStage<Boolean> listAll(
      String prefix, Function<List<StoredObject>, CompletionStage<?>> reader, Run run) {
    return listFrom(prefix, "", reader, run);
  }

  private CompletionStage<Boolean> listFrom(
      String prefix,
      String after,
      Function<List<StoredObject>, CompletionStage<?>> reader,
      Run run) {
    return run.resume(list(prefix, after))
        .thenCompose(page ->
            reader
                .apply(page.entries())
                .thenCompose(_ ->
                    page.more()
                        ? listFrom(prefix, page.entries().getLast().key(), reader, run)
                        : CompletableFuture.completedFuture(true)));
  }

  /// The keys of all objects that begin with `prefix`, in their order.
  default CompletionStage<List<String>> keys(String prefix, Run run) {
    var keys = new ArrayList<String>();
    return listAll(
            prefix,
            page -> {
              page.forEach(object -> keys.add(object.key()));
              return CompletableFuture.completedFuture(true);
            },
            run)
        .thenApply(_ -> keys);
  }
}
