package dev.sluice.local.pipeline;

import dev.sluice.memory.MemoryWeb;
import dev.sluice.memory.MemoryWeb.AskedUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/// What a web saw of us, whoever asked: hosts hold no invocation apart from another.
final class Politeness {
  private final List<AskedUrl> asked;
  private final List<String> wrong = new ArrayList<>();

  Politeness(MemoryWeb web) {
    asked = web.asked();
  }

  /// At most so many requests at once, and so long between two starts.
  Politeness keeps(int perHost, Duration delay) {
    Map<String, Instant> last = new HashMap<>();
    for (var each : asked) {
      if (each.atOnce() > perHost) {
        wrong.add(
            String.format(
                Locale.ROOT, "polite: %d at once, the last for %s", each.atOnce(), each.url()));
      }
      var before = last.put(each.url().authority(), each.at());
      if (before != null && each.at().isBefore(before.plus(delay))) {
        wrong.add(
            "polite: %s was asked %s after the one before"
                .formatted(each.url(), Duration.between(before, each.at())));
      }
    }
    return this;
  }

  /// Nothing is asked of a host for so long after its answer to the first request of these.
  Politeness heeds(Predicate<AskedUrl> first, Duration answersAfter, Duration retryAfter) {
    Map<String, Instant> answered = new HashMap<>();
    for (var each : asked) {
      var host = each.url().authority();
      var from = answered.get(host);
      if (from != null && each.at().isAfter(from) && each.at().isBefore(from.plus(retryAfter))) {
        wrong.add(
            "polite: %s was asked %s after its host asked for %s"
                .formatted(each.url(), Duration.between(from, each.at()), retryAfter));
      }
      if (first.test(each)) {
        answered.putIfAbsent(host, each.at().plus(answersAfter));
      }
    }
    return this;
  }

  /// Its robots.txt is asked once in a time to live.
  ///
  /// @param answers whether the host of this request does
  Politeness asksRobotsOnce(Predicate<AskedUrl> answers, Duration timeToLive) {
    Map<String, Instant> last = new HashMap<>();
    for (var each : asked) {
      if (each.url().pathAndQuery().equals("/robots.txt") && answers.test(each)) {
        var before = last.put(each.url().authority(), each.at());
        if (before != null && each.at().isBefore(before.plus(timeToLive))) {
          wrong.add("polite: %s was asked again".formatted(each.url()));
        }
      }
    }
    return this;
  }

  List<String> wrong() {
    return wrong;
  }
}
