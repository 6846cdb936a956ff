package dev.sluice.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sluice.flow.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// A bucket in memory, with S3's conditions. Every call is done when it returns; the monitor makes
/// comparing and writing one step.
public final class MemoryStore implements ObjectStore {
  private static final int PAGE = 1000;

  @SuppressWarnings("ArrayRecordComponent") // owned here, copied in and out
  private record StoredBytes(byte[] bytes, String etag, Instant modified) {
    Head head() {
      return new Head(etag, bytes.length, modified);
    }
  }

  private final InstantSource clock;

  @GuardedBy("this")
  private final TreeMap<String, StoredBytes> objects = new TreeMap<>();

  @GuardedBy("this")
  private long puts;

  /// An empty bucket, on the time of day.
  public MemoryStore() {
    this(InstantSource.system());
  }

  /// An empty bucket.
  ///
  /// @param clock tells when an object was put
  public MemoryStore(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized CompletableFuture<Optional<Head>> head(String key) {
    return done(Optional.ofNullable(objects.get(key)).map(StoredBytes::head));
  }

  @Override
  public synchronized CompletableFuture<Optional<Piece>> get(String key) {
    return done(
        Optional.ofNullable(objects.get(key))
            .map(found -> new Piece(found.etag, found.bytes.length, found.bytes.clone())));
  }

  @Override
  public synchronized CompletableFuture<Optional<Piece>> get(String key, long offset, long length) {
    ObjectStore.checkRange(offset, length);
    return done(
        Optional.ofNullable(objects.get(key))
            .map(found -> {
              var from = (int) Math.min(offset, found.bytes.length);
              var to = from + (int) Math.min(length, found.bytes.length - from);
              var piece = Arrays.copyOfRange(found.bytes, from, to);
              return new Piece(found.etag, found.bytes.length, piece);
            }));
  }

  @Override
  public synchronized CompletableFuture<Optional<Head>> download(String key, Path to) {
    var found = objects.get(key);
    try {
      if (found == null) {
        Files.deleteIfExists(to);
        return done(Optional.empty());
      }
      Files.write(to, found.bytes);
      return done(Optional.of(found.head()));
    } catch (IOException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  @Override
  public synchronized CompletableFuture<Put> put(String key, Content content, Condition condition) {
    var there = objects.get(key);
    var holds =
        switch (condition) {
          case Condition.Always() -> true;
          case Condition.IfAbsent() -> there == null;
          case Condition.IfMatch(var etag) -> there != null && there.etag.equals(etag);
        };
    if (!holds) {
      return done(new Put.Lost());
    }
    try {
      var bytes =
          switch (content) {
            case Content.Bytes(var given) -> given.clone();
            case Content.File(var path) -> Files.readAllBytes(path);
          };
      var etag = "\"" + ++puts + "\"";
      objects.put(
          key, new StoredBytes(bytes, etag, clock.instant().truncatedTo(ChronoUnit.SECONDS)));
      return done(new Put.Done(etag));
    } catch (IOException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  /// Deletes an object, as a person may do in a bucket; no function deletes.
  public synchronized void delete(String key) {
    objects.remove(key);
  }

  @Override
  public synchronized CompletableFuture<Listing> list(String prefix, String after) {
    var from = after.compareTo(prefix) >= 0 ? after + "\0" : prefix;
    var entries =
        objects.tailMap(from).entrySet().stream()
            .takeWhile(entry -> entry.getKey().startsWith(prefix))
            .limit(PAGE + 1)
            .map(entry -> new StoredObject(entry.getKey(), entry.getValue().bytes.length))
            .toList();
    var more = entries.size() > PAGE;
    return done(new Listing(more ? entries.subList(0, PAGE) : entries, more));
  }

  private static <T> CompletableFuture<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
