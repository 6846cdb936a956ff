package dev.sluice.fetch;

import dev.sluice.flow.Target;
import dev.sluice.flow.url.WebUrl;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One URL of a task on its way through a round. Belongs to the executor of the run.
final class UrlFetch {
  final Target target;

  /// The URL that the round asks first; its host is the lane.
  final WebUrl begin;

  final List<String> redirects;

  /// Requests that were really sent and answered for it, redirect hops not counted.
  int attempts;

  /// Attempts of this round, sent or not.
  int tries;

  /// How often in a row its host was parked or could not be reached.
  int deferrals;

  /// Until when robots.txt is known to allow the URL that it asks next; null if that is not known.
  @Nullable Instant allowedUntil;

  /// What it takes along of the task's retries when it is left over.
  int retries;

  /// Exchanges that were kept so far, for the names of records.
  int exchanges;

  /// Whether the start that its lane took is not used yet.
  boolean mayStart = true;

  UrlFetch(Target target, WebUrl begin) {
    this.target = target;
    this.begin = begin;
    this.redirects = new ArrayList<>(target.redirects());
    this.attempts = target.attempts();
    this.deferrals = target.deferrals();
    this.allowedUntil = target.allowedUntil();
  }

  String host() {
    return begin.authority();
  }

  /// Uses the start of its lane, once and at once: later it is another one's turn.
  boolean takeStart() {
    var may = mayStart;
    mayStart = false;
    return may;
  }

  /// It was sent on to another URL.
  void redirected(WebUrl next) {
    redirects.add(next.href());
    deferrals = 0;
    allowedUntil = null;
  }

  /// Whether robots.txt was read to allow what it asks next, in this round or one before.
  boolean isAllowed(Instant now) {
    return allowedUntil != null && allowedUntil.isAfter(now);
  }

  /// Whether this URL was asked for the fetch before.
  boolean wasAt(WebUrl url) {
    return target.url().equals(url.href()) || redirects.contains(url.href());
  }

  /// The target as the next round must know it.
  Target now() {
    return new Target(
        target.line(),
        target.url(),
        target.listed(),
        attempts,
        redirects,
        deferrals,
        retries,
        allowedUntil);
  }
}
