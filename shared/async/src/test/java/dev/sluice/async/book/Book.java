package dev.sluice.async.book;

import dev.sluice.async.AsyncOp;
import dev.sluice.async.Channel;
import dev.sluice.async.Completion;
import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Island;
import dev.sluice.async.Join;
import dev.sluice.async.Lanes;
import dev.sluice.async.Limiter;
import dev.sluice.async.Offload;
import dev.sluice.async.Outcome;
import dev.sluice.async.Retry;
import dev.sluice.async.SendableTask;
import dev.sluice.async.Summary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The code of `docs/async.md` and of the module's README: what stands there between a comment with
/// a name and the end of its block stands here, word for word, and is run.
final class Book {
  /// A client as any: its future stops the work when it is cancelled.
  private static final class Client {
    CompletableFuture<String> get(String url) {
      return CompletableFuture.supplyAsync(() -> "page of " + url);
    }
  }

  private final Client client = new Client();

  record Profile(String user, String orders) {}

  Summary readme(Iterator<String> urls) throws InterruptedException {
    // readme
    var summary =
        FanOut.ofSource((String url) -> client.get(url))
            .concurrency(100)
            .timeout(Duration.ofSeconds(5))
            .deadline(Deadline.in(Duration.ofSeconds(55)))
            .forEach(
                urls,
                outcome -> {
                  switch (outcome) {
                    case Outcome.Success<String, String>(var url, var page) -> keep(url, page);
                    case Outcome.Failure<String, String>(var url, var cause) -> log(url, cause);
                    case Outcome.TimedOut<String, String>(var url, var after) -> log(url, after);
                    case Outcome.Cancelled<String, String>(var url, var why) -> log(url, why);
                    case Outcome.NotStarted<String, String>(var url, var why) -> log(url, why);
                  }
                });
    // end
    return summary;
  }

  private void keep(String url, String page) {
    save(new Outcome.Success<>(url, page));
  }

  private static void log(String url, Object why) {
    System.out.println(url + " " + why);
  }

  CompletionStage<String> contract() {
    // contract
    AsyncOp<String, String> fetch = (url, call) -> call.own(client.get(url));
    // end
    return FanOut.of(fetch).startJoin(List.of("a")).thenApply(List::getFirst);
  }

  List<Integer> send(List<String> pages) throws Exception {
    // send
    SendableTask<String, Integer> words = page -> page.split(" ").length;
    List<Integer> counts = FanOut.onCpu(words).concurrency(4).join(pages);
    // end
    return counts;
  }

  Summary unbounded(Iterator<String> urls) throws Exception {
    // unbounded
    var summary =
        FanOut.ofSource(client::get).concurrency(100).forEach(urls, outcome -> save(outcome));
    // end
    return summary;
  }

  private final List<Outcome<String, String>> saved = new ArrayList<>();

  private void save(Outcome<String, String> outcome) {
    saved.add(outcome);
  }

  List<Outcome<String, String>> stream(Iterable<String> urls) {
    // stream
    var pages = FanOut.ofSource(client::get).concurrency(100).ordered(1_000);
    try (var outcomes = pages.open(urls)) {
      while (outcomes.hasNext()) {
        save(outcomes.next());
      }
    }
    // end
    return saved;
  }

  List<String> channel() {
    var deadline = Deadline.in(Duration.ofSeconds(20));
    var received = new ArrayList<String>();
    // channel
    var pages = Channel.<String>bounded(50);
    var sent = pages.send("page", deadline); // completes when there is room
    pages
        .receive(deadline) // completes when there is one
        .thenAccept(each -> {
          if (each instanceof Channel.Received.Item<String>(var page)) {
            received.add(page);
          }
        });
    // end
    sent.join();
    return received;
  }

  CompletionStage<Integer> cooperative(String url) {
    // cooperative
    var cpu = Offload.cpu();
    AsyncOp<String, Integer> fetchAndCount =
        (each, call) ->
            call.own(client.get(each))
                .thenCompose(page -> cpu.submit(text -> text.split(" ").length, page));
    // end
    return FanOut.of(fetchAndCount).startJoin(List.of(url)).thenApply(List::getFirst);
  }

  List<String> timeout(List<String> urls, Deadline deadline) throws Exception {
    // timeout
    List<String> pages =
        FanOut.ofSource(client::get)
            .concurrency(100)
            .timeout(Duration.ofSeconds(5)) // of an attempt: its socket closes
            .retry(Retry.attempts(3).budget(10, 0.1))
            .deadline(deadline) // of all of it
            .join(urls);
    // end
    return pages;
  }

  Summary fairness(List<String> urls) throws Exception {
    // fairness
    var polite =
        FanOut.ofSource(client::get)
            .concurrency(100)
            .lanes(Lanes.byKey(Book::host, 2), 1_000) // two of a host, others go on
            .limit(REQUESTS); // shared by every run of the process
    // end
    return polite.forEach(urls, this::save);
  }

  private static final Limiter REQUESTS = Limiter.of(500);

  private static String host(String url) {
    return url.substring(0, 1);
  }

  Summary island(List<String> urls, Deadline deadline) throws Exception {
    // island
    var summary =
        Island.run(
            deadline,
            Duration.ofMillis(100),
            run ->
                FanOut.ofSource(client::get)
                    .concurrency(100)
                    .deadline(run.deadline())
                    .on(run)
                    .startForEach(urls, this::save));
    // end
    return summary;
  }

  Profile errors(Deadline deadline) throws Exception {
    // errors
    var profile =
        Join.within(deadline)
            .values(
                call -> call.own(client.get("user")),
                call -> call.own(client.get("orders")),
                Profile::new);
    // end
    return profile;
  }

  Summary policies(List<String> replicas) throws Exception {
    // policies
    var fastestTwo =
        FanOut.ofSource(client::get)
            .concurrency(5)
            .completion(Completion.minSuccessful(2)) // the others are cancelled
            .forEach(replicas, outcome -> save(outcome));
    // end
    return fastestTwo;
  }
}
