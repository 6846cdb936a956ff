package dev.sluice.bench.fanout;

import java.util.concurrent.CompletableFuture;

/// What is done for an item: the same for all that are measured together.
@FunctionalInterface
interface Work {
  CompletableFuture<Integer> start(Integer item);
}
