package dev.sluice.fetch;

import dev.sluice.fetch.plan.Host;
import dev.sluice.flow.Target;
import dev.sluice.flow.url.WebUrl;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One URL of a task on its way through a round, with all that was done for it so far. Belongs to
/// the executor of the run.
final class UrlFetch {
  private final Target first;
  private final String host;
  private final List<String> redirects;
  private WebUrl next;

  /// Requests that were really sent and answered for it, redirect hops not counted.
  private int attempts;

  /// Attempts of this round, sent or not.
  private int tries;

  /// How often in a row its host was parked or could not be reached.
  private int deferrals;

  /// Until when robots.txt is known to allow the next URL; null if that is not known.
  private @Nullable Instant allowedUntil;

  /// Its share of the task's retries when it is left over.
  private int retries;

  /// Exchanges that were kept so far, for the names of records.
  private int exchanges;

  /// Whether the start that its lane took was used.
  private boolean startIsUsed;

  /// @param begin the URL that the round asks first; its host is the lane
  UrlFetch(Target target, WebUrl begin) {
    first = target;
    host = begin.authority();
    next = begin;
    redirects = new ArrayList<>(target.redirects());
    attempts = target.attempts();
    deferrals = target.deferrals();
    allowedUntil = target.allowedUntil();
  }

  /// Its line in the manifest.
  long line() {
    return first.line();
  }

  /// The host of its lane.
  String host() {
    return host;
  }

  /// The URL that is asked next, or was asked last.
  WebUrl next() {
    return next;
  }

  /// Uses the start of its lane, once and at once: later the start belongs to another fetch.
  ///
  /// @return whether there was one
  boolean takeStart() {
    var was = startIsUsed;
    startIsUsed = true;
    return !was;
  }

  void countTry() {
    tries++;
  }

  int tries() {
    return tries;
  }

  /// A request was sent, and has ended.
  void countAttempt() {
    attempts++;
  }

  int attempts() {
    return attempts;
  }

  /// The name of the next record.
  String nextRecord() {
    return first.line() + "-" + exchanges++;
  }

  int redirects() {
    return redirects.size();
  }

  /// Its last answer redirects it to another URL.
  void redirect(WebUrl to) {
    redirects.add(to.href());
    next = to;
    deferrals = 0;
    allowedUntil = null;
  }

  /// Whether this URL was asked for the fetch before.
  boolean wasAt(WebUrl url) {
    return first.url().equals(url.href()) || redirects.contains(url.href());
  }

  /// Counts that its host makes it wait. Deferrals before the host's last answer do not count.
  ///
  /// @return whether it waits no longer, because its host was deferred too often
  boolean defer(Host its) {
    deferrals = Math.min(deferrals + 1, its.deferrals());
    return deferrals >= Host.MAX_DEFERRALS || its.hasEnded();
  }

  /// Its host was asked since: deferrals before the host's last answer do not count.
  void forgetDeferrals(Host its) {
    deferrals = Math.min(deferrals, its.deferrals());
  }

  /// Robots.txt was read to allow the next URL.
  ///
  /// @param until it counts
  void allow(Instant until) {
    allowedUntil = until;
  }

  /// Whether robots.txt was read to allow the next URL, in this round or one before.
  boolean isAllowed(Instant now) {
    return allowedUntil != null && allowedUntil.isAfter(now);
  }

  /// Gives it a share of the task's retries, for its next round.
  void share(int itsRetries) {
    retries = itsRetries;
  }

  /// The target of its next round.
  Target target() {
    return new Target(
        first.line(),
        first.url(),
        first.listed(),
        attempts,
        redirects,
        deferrals,
        retries,
        allowedUntil);
  }
}
