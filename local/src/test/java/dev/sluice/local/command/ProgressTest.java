package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.Books;
import dev.sluice.flow.Counts;
import dev.sluice.flow.JobId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a person sees of a job that is under way.
class ProgressTest {
  private static final Counts COUNTS = new Counts(560, 80, 42, 30, Map.of("dns", 122L), 1 << 20);
  private static final Duration DELAY = Duration.ofMillis(500);

  private static final View HALF_WAY =
      new View(
          712,
          1_000,
          false,
          COUNTS,
          85.4,
          1_258_291,
          Duration.ofMillis(11_001),
          List.of(
              OpenLines.HostLines.of("slow.example", 13, Duration.ZERO, DELAY),
              OpenLines.HostLines.of("busy.example", 9, Duration.ofSeconds(30), DELAY)));

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long nanos;

  private Console console(int columns, Charset charset) {
    var stream = new PrintStream(err, true, charset);
    return new Console(stream, stream, new ByteArrayInputStream(new byte[0]), columns, "sluice");
  }

  @Test
  void whereThereIsNoTerminalALineIsSaidEach10Seconds() {
    var lines = Progress.on(console(0, UTF_8), () -> nanos);

    for (var second = 0; second < 25; second++) {
      nanos = Duration.ofSeconds(second).toNanos();
      lines.show(HALF_WAY);
    }

    var line =
        "712/≥1,000 lines, 12s left; 85 pages/s, 1.2 MB/s; stored 560, failed 80, refused 42,"
            + " duplicate 30; most to do: slow.example 13 in 7s, busy.example 9 in 35s (parked 30s)\n";
    assertThat(err.toString(UTF_8)).isEqualTo(line + line);
  }

  @Test
  void theBarIsDrawnInPlaceWithin80ColumnsAndIsGoneAtTheEnd() {
    var bar = Progress.on(console(80, UTF_8), () -> nanos);
    bar.show(HALF_WAY);
    bar.close();

    var drawn = err.toString(UTF_8);
    assertThat(drawn.replaceAll("\u001b\\[\\d*[A-Z]", "").split("[\r\n]+"))
        .anyMatch(line -> line.contains("712/≥1,000") && line.contains("12s left"))
        .contains("stored 560, failed 80, refused 42, duplicate 30")
        .contains("most to do: slow.example 13 in 7s, busy.example 9 in 35s (parked 30s)")
        .allMatch(line -> line.length() < 80);
    assertThat(drawn).as("up, and all below is gone").endsWith("\r\u001b[3A\u001b[J");
    var screen = new Screen();
    screen.take(drawn);
    assertThat(screen.lines).allMatch(String::isEmpty);
    assertThat(screen.mostLines).as("it does not scroll on").isEqualTo(4);
  }

  @Test
  void whatTheTerminalCannotShowIsSpelt() {
    var bar = Progress.on(console(80, US_ASCII), () -> nanos);
    bar.show(HALF_WAY);
    bar.close();

    assertThat(err.toString(UTF_8)).contains("712/>=1,000").doesNotContain("?1,000", "\ufffd");
  }

  @Test
  void silenceSaysNothingAndNeedsNothing() {
    assertThat(new Progress.Silent().speaks()).isFalse();
  }

  @Test
  void thePaceIsThatOfTheLast10Seconds() {
    var throughput = new Throughput();
    for (var second = 0; second <= 100; second++) {
      var pages = second <= 50 ? second : 50 + (second - 50) * 10L;
      throughput.sample(Duration.ofSeconds(second).toNanos(), pages, pages * 1_000);
    }

    assertThat(throughput.pagesPerSecond()).isEqualTo(10);
    assertThat(throughput.bytesPerSecond()).isEqualTo(10_000);
  }

  /// An archive of 100 pages each 100 s: it was said to stand still, and then to hurry.
  @Test
  void thePaceOfAPoliteHostIsNotZeroBetweenItsArchives() {
    var throughput = new Throughput();
    for (var second = 0; second <= 1_000; second++) {
      throughput.sample(Duration.ofSeconds(second).toNanos(), second - second % 100, 0);

      if (second >= 100) {
        assertThat(throughput.pagesPerSecond()).as("after %d s", second).isEqualTo(1);
      }
    }
  }

  @Test
  void thePaceFallsWhenTheNextArchiveIsLate() {
    var throughput = new Throughput();
    throughput.sample(0, 0, 0);
    throughput.sample(Duration.ofSeconds(100).toNanos(), 100, 0);

    throughput.sample(Duration.ofSeconds(400).toNanos(), 100, 0);

    assertThat(throughput.pagesPerSecond()).isEqualTo(0.25);
  }

  @Test
  void twoArchivesThatComeTogetherAreNoHurry() {
    var throughput = new Throughput();
    throughput.sample(0, 0, 0);
    throughput.sample(Duration.ofSeconds(100).toNanos(), 100, 0);
    throughput.sample(Duration.ofMillis(100_200).toNanos(), 200, 0);

    assertThat(throughput.pagesPerSecond()).isBetween(1.9, 2.0);
  }

  @Test
  void theTimeLeftIsNeverLessThanTheSlowestHostTakesByItsDelay() {
    var throughput = new Throughput();
    throughput.sample(0, 0, 0);
    throughput.sample(Duration.ofSeconds(1).toNanos(), 100, 0);
    var waiting = new OpenLines();
    for (var i = 0; i < 50; i++) {
      waiting.done("http://other.example/"); // rows of lines whose plan was not read yet
    }

    assertThat(
            View.of(books(50, true), throughput, waiting, Duration.ofSeconds(1), Instant.EPOCH)
                .left())
        .isEqualTo(Duration.ofMillis(500));
    assertThat(
            View.of(books(50, false), throughput, waiting, Duration.ofSeconds(1), Instant.EPOCH)
                .left())
        .as("nobody knows how much is to come")
        .isNull();
  }

  /// As between two archives of the one host that is left.
  @Test
  void whileNoRowComesTheTimeLeftIsThatOfTheSlowestHost() {
    var waiting = new OpenLines();
    assertThat(View.of(books(2, true), new Throughput(), waiting, DELAY, Instant.EPOCH).left())
        .isNull();

    waiting.done("http://slow.example/"); // a row whose plan comes later
    assertThat(View.of(books(2, true), new Throughput(), waiting, DELAY, Instant.EPOCH).left())
        .isNull();
    waiting.planned(
        OpenLinesTest.plan(
            "http://slow.example/", "http://slow.example/2", "http://slow.example/3"));

    assertThat(View.of(books(2, true), new Throughput(), waiting, DELAY, Instant.EPOCH).left())
        .isEqualTo(DELAY.multipliedBy(2));
  }

  private static Books books(long pending, boolean listed) {
    var job = new JobId("spring");
    return new Books(
        job, COUNTS.rows() + pending, COUNTS, listed, true, null, null, Instant.EPOCH, null);
  }

  /// As much of a terminal as the bar needs.
  private static final class Screen {
    final List<String> lines = new java.util.ArrayList<>(List.of(""));
    int row;
    int mostLines;

    void take(String text) {
      for (var i = 0; i < text.length(); i++) {
        switch (text.charAt(i)) {
          case '\n' -> {
            row++;
            if (row == lines.size()) {
              lines.add("");
            }
          }
          case '\r' -> {}
          case '\u001b' -> {
            var end = i + 2;
            while (Character.isDigit(text.charAt(end))) {
              end++;
            }
            escape(text.substring(i + 2, end), text.charAt(end));
            i = end;
          }
          default -> lines.set(row, lines.get(row) + text.charAt(i));
        }
        mostLines = Math.max(mostLines, lines.size());
      }
    }

    private void escape(String number, char what) {
      switch (what) {
        case 'A' -> row -= Integer.parseInt(number);
        case 'J' -> lines.subList(row, lines.size()).replaceAll(_ -> "");
        case 'K' -> {}
        default -> throw new AssertionError("unknown escape " + what);
      }
    }
  }
}
