package dev.sluice.bench.guarantees;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The questions, the subjects, and a cell for each pair.
///
/// @param cells a row for each question, a column for each subject
record Comparison(List<Question> questions, List<Subject> subjects, List<List<Cell>> cells) {
  /// The most that a cell takes. A subject that hangs gets a cell as well.
  private static final Duration MOST = Duration.ofSeconds(10);

  /// Hears of each question before it is asked.
  interface QuestionProgress {
    void asking(int number, int of);
  }

  static List<Subject> libraries() {
    return List.of(
        new Sluice(),
        new Reactor(),
        new Mutiny(),
        new Resilience4j(),
        new FailsafeSubject(),
        new ParallelCollectorsSubject(),
        new Jox(),
        new Guava(),
        new VirtualThreads());
  }

  /// Asks one subject after the other, so that none disturbs another.
  static Comparison ask(List<Question> questions, List<Subject> subjects, QuestionProgress progress)
      throws InterruptedException {
    var rows = new ArrayList<List<Cell>>();
    for (var question : questions) {
      progress.asking(rows.size() + 1, questions.size());
      var row = new ArrayList<Cell>();
      for (var subject : subjects) {
        row.add(ask(question, subject));
      }
      rows.add(List.copyOf(row));
    }
    return new Comparison(questions, subjects, List.copyOf(rows));
  }

  private static Cell ask(Question question, Subject subject) throws InterruptedException {
    var cell = new CompletableFuture<Cell>();
    var asking =
        Thread.ofPlatform()
            .daemon()
            .name("bench-ask")
            .start(() -> {
              try {
                cell.complete(question.ask(subject));
              } catch (Throwable thrown) {
                cell.completeExceptionally(thrown);
              }
            });
    try {
      return cell.get(MOST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      asking.interrupt();
      return new Cell.Stuck(MOST);
    } catch (ExecutionException failed) {
      return Cell.of(false, "%s", String.valueOf(failed.getCause()).lines().findFirst().orElse(""));
    }
  }

  /// The table in Markdown.
  String table() {
    var lines = new ArrayList<String>();
    lines.add(line("", subjects.stream().map(Subject::name).toList()));
    lines.add("|---".repeat(subjects.size() + 1) + "|");
    for (int row = 0; row < questions.size(); row++) {
      lines.add(line(questions.get(row).text(), cells.get(row).stream().map(Cell::text).toList()));
    }
    return String.join("\n", lines);
  }

  private static String line(String head, List<String> rest) {
    return "| " + head + " | " + String.join(" | ", rest) + " |";
  }
}
