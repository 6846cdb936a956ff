package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Gzip;
import dev.sluice.archive.Json;
import dev.sluice.fetch.plan.HostMemories;
import dev.sluice.flow.Books;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.Plan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// Follows a job by the objects that appear, until it has ended.
///
/// The threads that put objects leave the keys here, at most 4,096 of them; the thread that waits
/// for the end reads the objects. If a key found no room, the progress shows no hosts any more.
final class Watch {
  private static final int MOST_KEYS = 4_096;
  private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();
  private static final long SHOW_NANOS = Duration.ofSeconds(1).toNanos();

  private final Path folder;
  private final JobId job;
  private final Duration delay;
  private final Progress progress;
  private final RunningTime time;
  private final OpenLines waiting = new OpenLines();
  private final Throughput throughput = new Throughput();
  private final BlockingQueue<String> keys = new ArrayBlockingQueue<>(MOST_KEYS);
  private volatile boolean missed;

  /// @param delay between two starts to one host
  Watch(Path folder, JobId job, Duration delay, Progress progress, RunningTime time)
      throws IOException {
    this.folder = folder;
    this.job = job;
    this.delay = delay;
    this.progress = progress;
    this.time = time;
    if (progress.speaks()) {
      readWhatIsThere();
    }
  }

  /// An object was put. Any thread.
  void created(String key) {
    var shown = progress.speaks() && (isPlan(key) || isRows(key) || isHosts(key));
    if (shown || key.equals(Keys.report(job))) {
      missed |= !keys.offer(key);
    }
  }

  private boolean isPlan(String key) {
    return key.startsWith("plan/" + job + "/") && key.endsWith(".json.gz");
  }

  /// Rows of split are of lines that are in no plan, so they are left out.
  private boolean isRows(String key) {
    return key.startsWith(Keys.rowsPrefix(job)) && !key.endsWith("/split.jsonl.gz");
  }

  private static boolean isHosts(String key) {
    return key.startsWith("hosts/");
  }

  /// The books of a job whose last row is entered and whose report is written; null before.
  static @Nullable Books ended(Path folder, JobId job) throws IOException {
    if (!Files.exists(folder.resolve(Keys.report(job)))) {
      return null;
    }
    return Status.books(folder, job).filter(Books::complete).orElse(null);
  }

  /// Waits; shows about once a second how it goes.
  ///
  /// @param broken why nothing will go on, if so
  /// @throws CommandRefused if nothing will go on
  Books untilEnded(Supplier<Optional<String>> broken) throws IOException, InterruptedException {
    var shown = System.nanoTime() - SHOW_NANOS;
    while (true) {
      drain();
      var books = ended(folder, job);
      if (books != null) {
        return books;
      }
      if (broken.get().isPresent()) {
        throw CommandRefused.usage(broken.get().get());
      }
      time.tick();
      if (progress.speaks() && System.nanoTime() - shown >= SHOW_NANOS) {
        shown = System.nanoTime();
        show();
      }
    }
  }

  /// Reads the objects that were put, until the report was or it is time to look at the books.
  private void drain() throws IOException, InterruptedException {
    var end = System.nanoTime() + LOOK_NANOS;
    while (true) {
      var key = keys.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (key == null || key.equals(Keys.report(job))) {
        return;
      }
      read(folder.resolve(key), key);
    }
  }

  private void show() throws IOException {
    if (missed) {
      waiting.lost();
    }
    var books = Status.books(folder, job).orElse(Books.empty(job));
    var counts = books.counts();
    throughput.sample(System.nanoTime(), counts.stored() + counts.failed(), counts.bytes());
    progress.show(View.of(books, throughput, waiting, delay, Instant.now()));
  }

  /// Reads the plans and rows of a job that goes on, of its open parts alone, which are few.
  private void readWhatIsThere() throws IOException {
    var plans = folder.resolve("plan").resolve(job.name());
    if (!Files.isDirectory(plans)) {
      return;
    }
    var closed = Status.ledger(folder, job).map(Ledger::closedParts).orElse(Set.of());
    try (var files = Files.list(plans)) {
      for (var plan : files.filter(file -> file.toString().endsWith(".json.gz")).toList()) {
        var name = String.valueOf(plan.getFileName()).replace(".json.gz", "");
        if (!closed.contains(Integer.parseInt(name))) {
          read(plan, "plan/" + job + "/" + name);
          readRows(folder.resolve(Keys.rowsPrefix(job)).resolve(name));
        }
      }
    }
  }

  private void readRows(Path part) throws IOException {
    if (Files.isDirectory(part)) {
      try (var files = Files.list(part)) {
        for (var rows : files.toList()) {
          read(rows, Keys.rowsPrefix(job) + part.getFileName() + "/" + rows.getFileName());
        }
      }
    }
  }

  /// An object that cannot be read here does the job no harm: the progress shows no hosts then.
  private void read(Path file, String key) throws IOException {
    try {
      if (isPlan(key)) {
        waiting.planned(Gzip.read(Plan.class, Files.readAllBytes(file)));
      } else if (isHosts(key)) {
        waiting.remembered(Json.read(HostMemories.class, Files.readAllBytes(file)));
      } else if (isRows(key)) {
        rows(file);
      }
    } catch (ClosedByInterruptException stopped) {
      throw stopped;
    } catch (IOException | IllegalArgumentException unreadable) {
      waiting.lost();
    }
  }

  private void rows(Path file) throws IOException {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        waiting.done(Json.tree(line).path("url").asText());
      }
    }
  }
}
