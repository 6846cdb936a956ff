package dev.sluice.bench.fanout;

import java.util.concurrent.CompletableFuture;

/// The operation for an item, the same for all libraries that are measured together.
@FunctionalInterface
interface MeasuredWork {
  CompletableFuture<Integer> start(Integer item);
}
