package dev.sluice.fetch;

import dev.sluice.archive.ArchiveTail;
import dev.sluice.archive.ArchiveWriter;
import dev.sluice.archive.Records;
import dev.sluice.async.Run;
import dev.sluice.fetch.plan.HostLimits;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Followers;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Stage;
import dev.sluice.flow.Web;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;

/// Fetches the URLs of a task into one archive that holds an ending or a leftover for each.
final class FetchStage implements Stage<FetchTask, Fetched> {
  private final FetchSettings settings;
  private final ObjectStore store;
  private final Followers followers;
  private final Web web;
  private final Path temp;

  /// @param temp the folder in which an archive lies until it is put
  FetchStage(FetchSettings settings, ObjectStore store, Followers followers, Web web, Path temp) {
    this.settings = settings;
    this.store = store;
    this.followers = followers;
    this.web = web;
    this.temp = temp;
  }

  @Override
  public CompletionStage<Fetched> run(FetchTask task, Run run) {
    return run.resume(store.head(archive(task)))
        .thenCompose(there -> there.isPresent() ? again(task, run) : fetch(task, run));
  }

  private static String archive(FetchTask task) {
    return Keys.archive(task.job(), task.part(), task.task());
  }

  /// The archive is there: nothing is fetched, only the sends that follow from it are repeated.
  private CompletionStage<Fetched> again(FetchTask task, Run run) {
    return ArchiveTail.read(store, archive(task), run)
        .thenCompose(tail -> follow(task, tail.orElseThrow(), run, FetchResult.AGAIN, 0));
  }

  private CompletionStage<Fetched> fetch(FetchTask task, Run run) {
    var limits =
        new HostLimits(settings.perHostRequests(), settings.perHostDelay(), settings.hostBackOff());
    return HostNotes.read(store, run, Keys.hosts(task.hostGroup()), limits)
        .thenCompose(notes ->
            run.blocking()
                .submit(() -> ArchiveWriter.create(temp))
                .thenCompose(writer -> run.resume(round(task, run, notes, writer))));
  }

  private CompletionStage<Fetched> round(
      FetchTask task, Run run, HostNotes notes, ArchiveWriter writer) {
    var time = RoundTime.of(run, settings.timeout());
    var context = new RoundContext(run, settings, web, notes.hosts(), time, task.hostGroup());
    var archive = new RoundArchive(run, new Records(archive(task)), writer);
    return new Round(task, context, archive, notes).run(finished -> put(task, run, finished));
  }

  private CompletionStage<Fetched> put(FetchTask task, Run run, RoundArchive.Finished finished) {
    return run.resume(
            store.put(
                archive(task),
                new ObjectStore.Content.File(finished.file()),
                new ObjectStore.Condition.IfAbsent()))
        .thenCompose(put ->
            put instanceof ObjectStore.Put.Done
                ? follow(task, finished.tail(), run, FetchResult.FETCHED, finished.length())
                : again(task, run)); // another one was first: its archive counts
  }

  private CompletionStage<Fetched> follow(
      FetchTask task, ArchiveTail tail, Run run, FetchResult result, long bytes) {
    var archived = tail.of(task);
    return followers
        .tell(archived, run)
        .thenApply(
            _ -> new Fetched(result, archived.outcomes(), archived.leftovers().size(), bytes, 0));
  }
}
