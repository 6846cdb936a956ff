package dev.sluice.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import dev.sluice.flow.Counts;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.Row;
import dev.sluice.flow.Visit;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Reads an archive back into an index and rows, and reports the counts of the rows.
///
/// The rows are the commit point. If they are there already, only the end of the archive is read,
/// and the counts are reported again.
public final class Extraction {
  private final ObjectStore store;
  private final Outbox<ReportTask> reportTasks;
  private final PageReader pages;
  private final Path temp;

  /// Reads the columns of a page.
  @FunctionalInterface
  public interface PageReader {
    /// Leaves pages unread: their rows have no columns of a page.
    PageReader NONE = (_, _, _) -> null;

    /// Blocks; called on a thread for computing. If it throws because of the bytes, even by a stack
    /// that overflows, the row has no columns of a page.
    ///
    /// @return null if the response is no page
    /// @throws IOException if it cannot be read
    Row.@Nullable Page read(FileChannel archive, Visit visit, Row.Place place) throws IOException;
  }

  /// @param temp the folder in which an archive lies while it is read
  public Extraction(
      ObjectStore store, Outbox<ReportTask> reportTasks, PageReader pages, Path temp) {
    this.store = store;
    this.reportTasks = reportTasks;
    this.pages = pages;
    this.temp = temp;
  }

  /// Extracts the archive of a task.
  ///
  /// @return completes when the counts are reported; fails when the store or the queue refused, and
  ///   with an `IOException` if there is no such archive or it is none of ours
  public CompletionStage<Extracted> run(ExtractTask task, Run run) {
    return run.resume(store.head(rows(task)))
        .thenCompose(there -> there.isPresent() ? again(task, run) : extract(task, run));
  }

  private static String archive(ExtractTask task) {
    return Keys.archive(task.job(), task.part(), task.task());
  }

  private static String rows(ExtractTask task) {
    return Keys.rows(task.job(), task.part(), task.task());
  }

  private CompletionStage<Extracted> again(ExtractTask task, Run run) {
    return ArchiveTail.read(store, archive(task), run)
        .thenCompose(tail ->
            tail.isPresent()
                ? reportTask(task, ExtractResult.AGAIN, tail.get().leftovers().size(), run)
                : missing(task));
  }

  private static <T> CompletionStage<T> missing(ExtractTask task) {
    return CompletableFuture.failedFuture(new IOException(archive(task) + " is missing"));
  }

  private CompletionStage<Extracted> extract(ExtractTask task, Run run) {
    return run.blocking()
        .submit(() -> Files.createTempFile(temp, "extract-", ".warc.gz"))
        .thenCompose(file ->
            extract(task, file, run)
                .handle((extracted, failure) ->
                    run.blocking()
                        .submit(() -> Files.deleteIfExists(file))
                        .thenCompose(_ ->
                            failure == null
                                ? CompletableFuture.completedFuture(extracted)
                                : CompletableFuture.<Extracted>failedFuture(failure)))
                .thenCompose(extracted -> extracted));
  }

  private CompletionStage<Extracted> extract(ExtractTask task, Path file, Run run) {
    return run.resume(store.download(archive(task), file))
        .thenCompose(head ->
            head.isPresent()
                ? run.cpu().submit(() -> ArchiveReader.read(file, archive(task)))
                : missing(task))
        .thenCompose(contents ->
            run.cpu()
                .submit(() -> rows(file, contents))
                .thenCompose(rows -> commit(task, rows, contents.leftovers().size(), run)));
  }

  /// The archive is opened here and not for each page: if it cannot be, no page is at fault.
  private List<Row> rows(Path file, ArchiveReader.Contents contents) throws IOException {
    var rows = new ArrayList<Row>();
    try (var archive = FileChannel.open(file)) {
      for (var entry : contents.entries()) {
        var place = entry.place();
        var page = place == null ? null : page(archive, entry.visit(), place);
        rows.add(new Row(entry.visit(), place, page));
      }
    }
    return rows;
  }

  private Row.@Nullable Page page(FileChannel file, Visit visit, Row.Place place) {
    try {
      return Untrusted.<Row.@Nullable Page, IOException>read(() -> pages.read(file, visit, place));
    } catch (IOException unreadable) {
      return null; // its row stands
    }
  }

  private CompletionStage<Extracted> commit(
      ExtractTask task, List<Row> rows, long leftOver, Run run) {
    var index = new Content.Bytes(Cdxj.index(rows).getBytes(UTF_8));
    var at = Keys.index(task.job(), task.part(), task.task());
    return run.resume(store.put(at, index, new Condition.Always()))
        .thenCompose(_ -> run.cpu().submit(() -> RowFile.write(rows)))
        .thenCompose(bytes -> run.resume(store.putOnce(rows(task), bytes)))
        .thenCompose(_ -> reportTask(task, ExtractResult.EXTRACTED, leftOver, run));
  }

  /// Reports the rows as stored, whoever stored them.
  private CompletionStage<Extracted> reportTask(
      ExtractTask task, ExtractResult result, long leftOver, Run run) {
    return run.resume(store.get(rows(task)))
        .thenCompose(piece -> run.cpu().submit(() -> RowFile.visits(piece.orElseThrow().bytes())))
        .thenCompose(visits ->
            run.resume(
                    reportTasks.send(
                        new ReportTask.RowsStored(
                            task.job(), task.part(), task.task(), Counts.of(visits), leftOver),
                        Deadline.NEVER))
                .thenApply(_ -> new Extracted(result, visits.size(), leftOver)));
  }
}
