package dev.sluice.fetch.guard;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Answers by name, good and bad ones, each for its time. Who asks for a name that is being looked
/// up waits for the same answer.
final class AnswerCache {
  private final Resolver.Settings settings;
  private final LongSupplier nanoClock;

  /// Least recently used first. Guarded by `this`; no answer is computed under the lock.
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  private record Entry(CompletableFuture<Resolved> answer, long sinceNanos) {}

  AnswerCache(Resolver.Settings settings) {
    this(settings, System::nanoTime);
  }

  AnswerCache(Resolver.Settings settings, LongSupplier nanoClock) {
    this.settings = settings;
    this.nanoClock = nanoClock;
  }

  CompletableFuture<Resolved> answer(String name, Supplier<CompletableFuture<Resolved>> ask) {
    var answer = new CompletableFuture<Resolved>();
    synchronized (this) {
      var known = entries.get(name);
      if (known != null && isFresh(known)) {
        return known.answer();
      }
      entries.put(name, new Entry(answer, nanoClock.getAsLong()));
      if (entries.size() > settings.maxNames()) {
        entries.remove(entries.keySet().iterator().next());
      }
    }
    var _ = ask.get().whenComplete((resolved, _) -> answer.complete(resolved));
    return answer;
  }

  private boolean isFresh(Entry entry) {
    return !entry.answer().isDone()
        || nanoClock.getAsLong() - entry.sinceNanos() < lifetime(entry.answer().join()).toNanos();
  }

  private Duration lifetime(Resolved resolved) {
    return switch (resolved) {
      case Resolved.Addresses _ -> settings.keep();
      case Resolved.None _ -> settings.keepFailure();
    };
  }
}
