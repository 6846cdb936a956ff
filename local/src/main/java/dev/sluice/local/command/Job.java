package dev.sluice.local.command;

import dev.sluice.flow.Books;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore;
import dev.sluice.local.stack.Stack;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs one job on the embedded stack, and shows its progress and its result.
final class Job {
  /// The form of the result.
  enum Show {
    SUMMARY,
    JSON,
    NOTHING
  }

  /// A job to run.
  ///
  /// @param list a file; gzip if its name says so
  /// @param limits parameters of the template
  /// @param delay between two starts to one host, as the limits have it
  /// @param deadline of running time; null for none
  /// @param goOn how to go on when it is interrupted, in one sentence
  record Order(
      Path list,
      JobId job,
      Path folder,
      Map<String, String> limits,
      Duration delay,
      @Nullable Duration deadline,
      Show show,
      String goOn) {
    String manifest() {
      return Keys.manifest(job, isGzip(list));
    }
  }

  private final Path template;
  private final Console console;
  private final Interruption interruption;

  Job(Path template, Console console, Interruption interruption) {
    this.template = template;
    this.console = console;
    this.interruption = interruption;
  }

  static boolean isGzip(Path list) {
    return list.toString().endsWith(".gz");
  }

  /// Puts the list if it is new, goes on with it if not, and waits until the books are complete.
  ///
  /// @return the exit status
  int run(Order order) throws IOException {
    OutFolder.check(order.folder());
    OutFolder.refuseAnotherList(order.folder(), order.job(), order.list());
    Files.createDirectories(order.folder());
    interruption.begin();
    try (var time = RunningTime.open(order.folder(), order.job(), System::nanoTime)) {
      OutFolder.sweep(order.folder(), order.job());
      var before = Watch.ended(order.folder(), order.job());
      return shown(before == null ? underway(order, time) : before, order);
    } catch (InterruptedException | ClosedByInterruptException stopped) {
      return CommandRefused.INTERRUPTED;
    } catch (IOException | RuntimeException failed) {
      // A start that was interrupted fails with exceptions of its own.
      if (!interruption.wasAsked()) {
        throw failed;
      }
      return CommandRefused.INTERRUPTED;
    } finally {
      interruption.end();
    }
  }

  private Books underway(Order order, RunningTime time) throws IOException, InterruptedException {
    try (var stack = Stack.start(template, order.folder(), order.limits())) {
      return watched(order, time, stack);
    } catch (InterruptedException | ClosedByInterruptException stopped) {
      OutFolder.sweep(order.folder(), order.job());
      throw stopped;
    }
  }

  private Books watched(Order order, RunningTime time, Stack stack)
      throws IOException, InterruptedException {
    try (var progress =
        order.show() == Show.NOTHING
            ? new Progress.Silent()
            : Progress.on(console, System::nanoTime)) {
      var watch = new Watch(order.folder(), order.job(), order.delay(), progress, time);
      stack.onCreated(watch::created);
      Supplier<Optional<String>> broken =
          () -> stack.broken().map(why -> why + "; " + order.goOn());
      try {
        begin(order, time, stack);
      } catch (CompletionException failed) {
        throw broken.get().<RuntimeException>map(CommandRefused::usage).orElse(failed);
      }
      return watch.untilEnded(broken);
    } catch (InterruptedException | ClosedByInterruptException stopped) {
      // Printed before the stack closes, which may take some seconds.
      console.err().println("sluice: interrupted; " + order.goOn());
      console.err().flush();
      throw stopped;
    }
  }

  private static void begin(Order order, RunningTime time, Stack stack)
      throws InterruptedException {
    if (Files.exists(order.folder().resolve(order.manifest()))) {
      var deadline =
          order.deadline() == null
              ? RunningTime.NEVER
              : time.deadline(order.deadline(), Instant.now());
      stack.restart(order.manifest(), deadline);
      return;
    }
    var list = new ObjectStore.Content.File(order.list());
    stack.store().put(order.manifest(), list, new ObjectStore.Condition.IfAbsent()).join();
  }

  private int shown(Books books, Order order) {
    switch (order.show()) {
      case JSON -> console.out().println(Status.view(order.folder(), books));
      case SUMMARY -> BooksSummary.print(books, order.folder(), console.out());
      case NOTHING -> {}
    }
    console.out().flush();
    if (!books.balanced() || books.pending() > 0) {
      return CommandRefused.UNBALANCED;
    }
    return books.unread() == null ? 0 : CommandRefused.INPUT;
  }
}
