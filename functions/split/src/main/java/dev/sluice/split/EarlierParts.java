package dev.sluice.split;

import dev.sluice.archive.Gzip;
import dev.sluice.async.FanOut;
import dev.sluice.async.Run;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Plan;
import dev.sluice.flow.SplitTask;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/// The URLs of the parts before a part, as their keys in the store.
record EarlierParts(ObjectStore store, Run run) {
  /// The keys of one part are 600 KB.
  private static final int PARTS_AT_ONCE = 8;

  /// Compares the URLs of a part with those of all parts before it, in their order, so that every
  /// invocation compares with the same first 2,000,000.
  CompletionStage<PartUrls> compared(SplitTask.Part part, PartUrls urls) {
    return compared(part, 0, urls);
  }

  private CompletionStage<PartUrls> compared(SplitTask.Part part, int earlier, PartUrls urls) {
    if (earlier == part.part() || urls.isFull()) {
      return CompletableFuture.completedFuture(urls);
    }
    var next = Math.min(earlier + PARTS_AT_ONCE, part.part());
    return FanOut.<Integer, byte[]>of((number, _) -> keys(part.job(), number))
        .concurrency(PARTS_AT_ONCE)
        .on(run)
        .startJoin(IntStream.range(earlier, next).boxed().toList())
        .thenCompose(keys ->
            run.cpu()
                .submit(() -> {
                  keys.forEach(urls::compare);
                  return urls;
                }))
        .thenCompose(more -> compared(part, next, more));
  }

  private CompletionStage<byte[]> keys(JobId job, int part) {
    return run.resume(store.get(Keys.planKeys(job, part)))
        .thenCompose(keys ->
            keys.isPresent()
                ? CompletableFuture.completedFuture(keys.get().bytes())
                : fromPlan(job, part));
  }

  /// Reads the keys from the plan, if the invocation that put it ended before it put the keys.
  private CompletionStage<byte[]> fromPlan(JobId job, int part) {
    var key = Keys.plan(job, part);
    return run.resume(store.get(key))
        .thenCompose(plan ->
            run.cpu()
                .submit(() -> {
                  var piece = plan.orElseThrow(() -> new IOException(key + " is missing"));
                  return Gzip.read(Plan.class, piece.bytes()).keyBytes();
                }));
  }
}
