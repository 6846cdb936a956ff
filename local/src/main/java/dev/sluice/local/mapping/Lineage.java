package dev.sluice.local.mapping;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/// How often each function was invoked in the chain of messages that led to an invocation, as it
/// travels in the trace header: `Root=…;Parent=…;Sampled=0;Lineage=a87bd80c:12|68fd508a:5`.
///
/// AWS documents that the header counts and that a function is stopped after about 16 invocations
/// in one chain, not how the count is written: it is read and written here alone.
///
/// @param root of the trace
/// @param counts by the hash of a function's name
/// @param hash of the name of the function that this invocation is of; empty for a message, which
///   is of none
record Lineage(String root, Map<String, Integer> counts, String hash) {
  /// The most invocations of a function in one chain.
  static final int MOST = 16;

  private static final Pattern ROOT = Pattern.compile("(?:^|;)\\s*Root=([^;\\s]+)");
  private static final Pattern LINEAGE = Pattern.compile("(?:^|;)\\s*Lineage=([^;\\s]+)");
  private static final Pattern COUNT = Pattern.compile("([0-9a-f]{8}):(\\d{1,9})");

  Lineage {
    counts = Map.copyOf(counts);
  }

  /// The lineage of a batch. Of several chains the longest counts, function by function; the trace
  /// is the first's.
  static Lineage of(List<EventRecord> batch) {
    return ofHeaders(
        batch.stream()
            .map(record -> record.message().attributes())
            .map(attributes ->
                attributes.getOrDefault(MessageSystemAttributeName.AWS_TRACE_HEADER, ""))
            .toList());
  }

  /// The same of their headers; an empty one begins a chain.
  static Lineage ofHeaders(List<String> headers) {
    var root = ROOT.matcher(headers.getFirst());
    var counts = new HashMap<String, Integer>();
    for (var header : headers) {
      var lineage = LINEAGE.matcher(header);
      if (lineage.find()) {
        COUNT
            .matcher(lineage.group(1))
            .results()
            .forEach(
                count -> counts.merge(count.group(1), Integer.parseInt(count.group(2)), Math::max));
      }
    }
    return new Lineage(root.find() ? root.group(1) : newRoot(), counts, "");
  }

  /// The same when this function is invoked once more.
  Lineage with(String function) {
    var name = String.format(Locale.ROOT, "%08x", function.hashCode());
    var more = new HashMap<>(counts);
    more.merge(name, 1, Integer::sum);
    return new Lineage(root, more, name);
  }

  /// How often the function was invoked, this time included.
  int depth() {
    return counts.getOrDefault(hash, 0);
  }

  /// Whether Lambda would stop the function here.
  boolean isTooDeep() {
    return depth() > MOST;
  }

  /// The header of the messages that the invocation sends.
  String header() {
    return String.format(
        Locale.ROOT,
        "Root=%s;Parent=%016x;Sampled=0;Lineage=%s",
        root,
        ThreadLocalRandom.current().nextLong(),
        new TreeMap<>(counts)
            .entrySet().stream()
                .map(count -> count.getKey() + ":" + count.getValue())
                .collect(Collectors.joining("|")));
  }

  private static String newRoot() {
    var random = ThreadLocalRandom.current();
    return String.format(
        Locale.ROOT,
        "1-%08x-%016x%08x",
        Instant.now().getEpochSecond(),
        random.nextLong(),
        random.nextInt());
  }
}
