package dev.sluice.local.sam;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Json;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.ObjectStore;
import dev.sluice.local.stack.Stack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The embedded stack with one job done: the one that the files of `events/` name, so that the
/// functions find the objects that these events ask for.
public final class EventsStack {
  /// The manifest of that job: one URL that nobody answers, and one line that is none.
  public static final String LIST = "http://127.0.0.1:9/\ngarbage\n";

  /// That job.
  public static final JobId JOB = new JobId("spring");

  private static final Duration AT_MOST = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(100);

  private EventsStack() {}

  /// Starts it and waits, a minute at most, until the job is done.
  ///
  /// @param folder that is the bucket; it exists and is empty
  /// @param address that the servers listen on, see [Stack#start]
  /// @throws IOException if a server does not start
  /// @throws IllegalStateException if the job is not done in time
  public static Stack start(Path template, Path folder, String address)
      throws IOException, InterruptedException {
    var stack =
        Stack.start(
            template,
            folder,
            Map.of(
                "AllowPrivate", "127.0.0.0/8",
                "AllowPorts", "9",
                "MaxAttempts", "1",
                "HostBackOffMillis", "100",
                "HostGroups", "1",
                "StartConcurrencyInvocations", "2",
                "SplitConcurrencyInvocations", "2",
                "FetchConcurrencyInvocations", "2",
                "ExtractConcurrencyInvocations", "2",
                "ReportConcurrencyInvocations", "2"),
            address);
    try {
      stack
          .store()
          .put(
              Keys.manifest(JOB, false),
              new ObjectStore.Content.Bytes(LIST.getBytes(UTF_8)),
              new ObjectStore.Condition.IfAbsent())
          .join();
      awaitTheJob(stack);
      return stack;
    } catch (InterruptedException | RuntimeException failed) {
      stack.close();
      throw failed;
    }
  }

  private static void awaitTheJob(Stack stack) throws InterruptedException {
    var begun = System.nanoTime();
    while (System.nanoTime() - begun < AT_MOST.toNanos()) {
      var state = stack.store().get(Keys.ledger(JOB)).join();
      if (state.isPresent() && Json.read(Ledger.class, state.get().bytes()).books().complete()) {
        return;
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
    throw new IllegalStateException(
        "the job of the events must be done in " + AT_MOST.toSeconds() + " s, and is not");
  }
}
