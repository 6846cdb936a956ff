package dev.sluice.local.command;

import dev.sluice.flow.Books;
import dev.sluice.flow.Counts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The progress of a job at one moment.
///
/// @param done lines that have their row
/// @param accepted lines that were read so far
/// @param listed whether that is all of them
/// @param pagesPerSecond stored and failed, over 10 s or the time between two archives
/// @param bytesPerSecond received for them
/// @param left until the end, as far as throughput and politeness tell; null while that is unknown
/// @param hosts that take longest, the longest first
record View(
    long done,
    long accepted,
    boolean listed,
    Counts counts,
    double pagesPerSecond,
    double bytesPerSecond,
    @Nullable Duration left,
    List<OpenLines.HostLines> hosts) {
  private static final int MOST_HOSTS = 3;

  static final View NOTHING = new View(0, 0, false, Counts.NONE, 0, 0, null, List.of());

  /// @param delay between two starts to one host
  static View of(
      Books books, Throughput throughput, OpenLines waiting, Duration delay, Instant now) {
    var hosts = waiting.longest(MOST_HOSTS, delay, now);
    return new View(
        books.accepted() - books.pending(),
        books.accepted(),
        books.listed(),
        books.counts(),
        throughput.pagesPerSecond(),
        throughput.bytesPerSecond(),
        books.listed() ? left(books.pending(), throughput.pagesPerSecond(), hosts) : null,
        hosts);
  }

  /// The time by throughput, but never less than the slowest host takes by its delay alone.
  private static @Nullable Duration left(
      long pending, double pagesPerSecond, List<OpenLines.HostLines> hosts) {
    var polite = hosts.isEmpty() ? Duration.ZERO : hosts.getFirst().takes();
    if (pagesPerSecond <= 0) {
      return polite.isZero() ? null : polite; // rows come an archive at a time
    }
    var byPace = Duration.ofMillis((long) (pending / pagesPerSecond * 1_000));
    return byPace.compareTo(polite) > 0 ? byPace : polite;
  }

  /// As `712/1,000`; `atLeast` stands before a total that may grow.
  String ratio(String atLeast) {
    return String.format(Locale.ROOT, "%,d/%s%,d", done, listed ? "" : atLeast, accepted);
  }

  /// As `12s left`.
  String timeLeft() {
    return left == null ? "? left" : Amount.text(rounded(left)) + " left";
  }

  /// As `85 pages/s, 1.2 MB/s`.
  String throughput() {
    return String.format(
        Locale.ROOT,
        pagesPerSecond < 10 ? "%.1f pages/s, %s/s" : "%,.0f pages/s, %s/s",
        pagesPerSecond,
        Amount.ofBytes((long) bytesPerSecond));
  }

  String outcomes() {
    return String.format(
        Locale.ROOT,
        "stored %,d, failed %,d, refused %,d, duplicate %,d",
        counts.stored(),
        counts.failed(),
        counts.refused(),
        counts.duplicate());
  }

  /// The hosts that hold the rest up, how much they have to do, and how long that takes at least;
  /// blank if none is known.
  String holders() {
    return hosts.isEmpty()
        ? ""
        : "most to do: " + hosts.stream().map(View::holder).collect(Collectors.joining(", "));
  }

  private static String holder(OpenLines.HostLines host) {
    var name = host.name().length() > 40 ? host.name().substring(0, 39) + "~" : host.name();
    return String.format(Locale.ROOT, "%s %,d", name, host.lines())
        + (host.takes().isZero() ? "" : " in " + Amount.text(rounded(host.takes())))
        + (host.parked().isZero() ? "" : " (parked " + Amount.text(rounded(host.parked())) + ")");
  }

  private static Duration rounded(Duration duration) {
    return Duration.ofSeconds(duration.plusMillis(999).toSeconds());
  }
}
