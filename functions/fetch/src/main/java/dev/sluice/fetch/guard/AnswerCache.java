package dev.sluice.fetch.guard;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Keeps answers by name, good and bad ones, each for its time. A caller that asks for a name which
/// is being looked up waits for the same answer.
final class AnswerCache {
  private final DnsSettings settings;
  private final LongSupplier nanoClock;

  /// Least recently used first. No answer is computed under the lock.
  @GuardedBy("this")
  private final Map<String, CachedAnswer> entries = new LinkedHashMap<>(16, 0.75f, true);

  private record CachedAnswer(CompletableFuture<Resolved> answer, long sinceNanos) {}

  AnswerCache(DnsSettings settings) {
    this(settings, System::nanoTime);
  }

  AnswerCache(DnsSettings settings, LongSupplier nanoClock) {
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
      entries.put(name, new CachedAnswer(answer, nanoClock.getAsLong()));
      if (entries.size() > settings.maxNames()) {
        entries.remove(entries.keySet().iterator().next());
      }
    }
    var _ = ask.get().whenComplete((resolved, _) -> answer.complete(resolved));
    return answer;
  }

  private boolean isFresh(CachedAnswer known) {
    return !known.answer().isDone()
        || nanoClock.getAsLong() - known.sinceNanos() < lifetime(known.answer().join()).toNanos();
  }

  private Duration lifetime(Resolved resolved) {
    return switch (resolved) {
      case Resolved.Addresses _ -> settings.keep();
      case Resolved.None _ -> settings.keepFailure();
    };
  }
}
