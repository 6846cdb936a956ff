package dev.sluice.fetch;

import dev.sluice.archive.ArchiveTail;
import dev.sluice.archive.ArchiveWriter;
import dev.sluice.archive.Records;
import dev.sluice.async.Run;
import dev.sluice.flow.Leftover;
import dev.sluice.flow.Web;
import dev.sluice.flow.url.WebUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The archive of a round while it grows. Its records are encoded on the threads for computing,
/// side by side, and appended one after the other.
///
/// `tail` is the last append; each begins when the one before has ended, so the writer has one user
/// at a time. The fields belong to the executor of the run.
final class RoundArchive {
  /// An archive to be put.
  ///
  /// @param length of the file in bytes
  record Finished(Path file, long length, ArchiveTail tail) {}

  private final Run run;
  private final Records records;
  private final ArchiveWriter writer;
  private CompletableFuture<?> tail = CompletableFuture.completedFuture(true);
  private volatile long length;
  private int exchanges;
  private long pending;

  RoundArchive(Run run, Records records, ArchiveWriter writer) {
    this.run = run;
    this.records = records;
    this.writer = writer;
  }

  /// Whether a body of so many bytes has room in an archive of at most so many. The first body has,
  /// whatever its length, so that no round ends without progress.
  boolean fits(long more, long most) {
    return exchanges == 0 || length + pending + more <= most;
  }

  /// The bytes of the archive if so many more exchanges are like those before.
  long expected(int more) {
    var sofar = length + pending;
    return exchanges == 0 ? sofar : sofar + more * (sofar / exchanges);
  }

  /// Keeps an exchange and closes its body.
  ///
  /// @param name of its record
  CompletionStage<Records.ArchivedExchange> exchange(
      String name, WebUrl url, Web.Reply.Response response) {
    var bytes = response.body().length();
    exchanges++;
    pending += bytes;
    var encoded =
        run.cpu()
            .submit(() -> {
              try (var _ = response.body()) {
                return records.exchange(name, url, response, writer.folder());
              }
            });
    return run.resume(encoded)
        .thenCompose(exchange ->
            append(
                    () -> {
                      writer.append(exchange.encoded());
                      return true;
                    })
                .thenApply(_ -> {
                  pending -= bytes;
                  return exchange;
                }));
  }

  /// Appends the records of the lines that ended and of those that were left over, and ends the
  /// file.
  CompletionStage<Finished> finish(List<Result.Ended> ended, List<Leftover> leftovers) {
    var now = run.now();
    return append(() -> {
      for (var end : ended) {
        writer.append(records.visit(end.visit(), end.responseId().orElse(null), end.at()));
      }
      var offset = leftovers.isEmpty() ? 0 : writer.length();
      if (!leftovers.isEmpty()) {
        writer.append(records.leftovers(leftovers, now));
      }
      var end = leftovers.isEmpty() ? 0 : writer.length();
      var file = writer.finish();
      return new Finished(file, writer.length(), new ArchiveTail(leftovers, offset, end - offset));
    });
  }

  /// Appends the first record.
  void begin(String userAgent) {
    var now = run.now();
    append(() -> {
      writer.append(records.info(now, userAgent));
      return true;
    });
  }

  private <T> CompletionStage<T> append(Callable<T> write) {
    var appended =
        tail.thenCompose(_ ->
            run.blocking()
                .submit(() -> {
                  var value = write.call();
                  length = writer.length();
                  return value;
                }));
    tail = appended;
    return run.resume(appended);
  }

  /// Removes the file, when the last append has ended.
  CompletionStage<?> discard() {
    return tail.handle((_, _) -> true)
        .thenCompose(_ ->
            run.blocking()
                .submit(() -> {
                  try {
                    writer.close();
                  } catch (IOException closedAlready) {
                    return false;
                  }
                  return true;
                }));
  }
}
