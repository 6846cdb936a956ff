package dev.sluice.split;

import dev.sluice.flow.ObjectStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A store as an invocation sees it that dies right before it puts one object.
record Dying(ObjectStore store, String before) implements ObjectStore {
  @Override
  public CompletableFuture<Optional<Head>> head(String key) {
    return store.head(key);
  }

  @Override
  public CompletableFuture<Optional<Piece>> get(String key) {
    return store.get(key);
  }

  @Override
  public CompletableFuture<Optional<Piece>> get(String key, long offset, long length) {
    return store.get(key, offset, length);
  }

  @Override
  public CompletableFuture<Optional<Head>> download(String key, Path to) {
    return store.download(key, to);
  }

  @Override
  public CompletableFuture<Put> put(String key, Content content, Condition condition) {
    return key.equals(before)
        ? CompletableFuture.failedFuture(new IllegalStateException("died before " + key))
        : store.put(key, content, condition);
  }

  @Override
  public CompletableFuture<Listing> list(String prefix, String after) {
    return store.list(prefix, after);
  }
}
