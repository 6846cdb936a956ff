package dev.sluice.local.pipeline;

import dev.sluice.archive.Json;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Message;
import dev.sluice.memory.MemoryQueue;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Watches that a queue holds no more than its mark and what was on its way, or as often as many
/// looked for room at once, for each looks for itself. What never waits does not count: what was
/// left over, fed again, or given up.
final class Mark {
  private final String name;
  private final MemoryQueue<Message> watched;
  private final List<String> wrong;
  private final Set<Invocation> senders = new HashSet<>();
  private int mostSenders;
  private int mostInFlight;
  private long high;

  /// @param wrong where it says that the queue held more
  Mark(String name, MemoryQueue<Message> watched, List<String> wrong) {
    this.name = name;
    this.watched = watched;
    this.wrong = wrong;
  }

  /// @param mark that its sends wait at; the highest of all counts
  void joins(Invocation sender, long mark) {
    high = Math.max(high, mark);
    senders.removeIf(Invocation::isDead);
    if (senders.isEmpty() && watched.depth().total() <= high) {
      mostSenders = 0;
      mostInFlight = 0;
    }
    senders.add(sender);
    mostSenders = Math.max(mostSenders, senders.size());
  }

  void asks(int inFlight) {
    mostInFlight = Math.max(mostInFlight, inFlight);
  }

  void look() {
    var most = (high + mostInFlight) * mostSenders;
    if (watched.depth().total() > most) {
      var waited =
          watched.queued().stream()
              .map(kept -> Json.read(FetchTask.class, kept.body()))
              .filter(task -> task.round() == 0 && task.fedAgain() == 0 && task.gaveUp() == null)
              .count();
      if (waited > most) {
        wrong.add(
            String.format(
                Locale.ROOT,
                "mark: %s holds %d that wait at %d, sent by %d with %d on their way",
                name,
                waited,
                high,
                mostSenders,
                mostInFlight));
      }
    }
  }
}
