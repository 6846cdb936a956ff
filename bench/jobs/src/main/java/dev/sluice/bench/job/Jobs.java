package dev.sluice.bench.job;

import dev.sluice.archive.Json;
import dev.sluice.flow.Counts;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.local.stack.Stack;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Jobs of one stack, from the list that is put to the report. Any thread.
final class Jobs {
  /// The template's numbers, but for as many invocations at once as two processors can do.
  static final Map<String, String> HERE =
      Map.of(
          "AllowPrivate", "127.0.0.0/8",
          "AllowPorts", "1-65535",
          "FetchConcurrencyInvocations", "8",
          "ExtractConcurrencyInvocations", "2");

  private static final long LIMIT_MINUTES = 30;

  private final Stack stack;
  private final Map<String, CountDownLatch> ended = new ConcurrentHashMap<>();

  Jobs(Stack stack) {
    this.stack = stack;
    stack.onCreated(key -> {
      var latch = ended.get(key);
      if (latch != null) {
        latch.countDown();
      }
    });
  }

  /// Rows of a job so far.
  Counts rows(JobId job) {
    return stack
        .store()
        .get(Keys.ledger(job))
        .join()
        .map(state -> Json.read(Ledger.class, state.bytes()).books().counts())
        .orElse(Counts.NONE);
  }

  /// Puts the list, which starts the job.
  ///
  /// @return opens when its report is there
  CountDownLatch start(JobId job, Path list) {
    var report = new CountDownLatch(1);
    ended.put(Keys.report(job), report);
    stack
        .store()
        .put(Keys.manifest(job, false), new Content.File(list), new Condition.IfAbsent())
        .join();
    return report;
  }

  /// Runs a job to its report.
  ///
  /// @return how long that took, in seconds
  double run(JobId job, Path list) throws InterruptedException, TimeoutException {
    var begun = System.nanoTime();
    if (!start(job, list).await(LIMIT_MINUTES, TimeUnit.MINUTES)) {
      throw new TimeoutException(job + " has no report after " + LIMIT_MINUTES + " minutes");
    }
    return (System.nanoTime() - begun) / 1e9;
  }
}
