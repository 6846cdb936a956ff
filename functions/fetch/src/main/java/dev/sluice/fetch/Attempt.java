package dev.sluice.fetch;

import dev.sluice.async.Call;
import dev.sluice.async.Deadline;
import dev.sluice.flow.url.WebUrl;
import org.jspecify.annotations.Nullable;

/// One attempt of a fetch to be answered, its redirects included, under one timeout. Immutable:
/// each step gives the next attempt.
final class Attempt {
  private final UrlFetch fetch;
  private final WebUrl url;
  private final Call call;

  /// The timeout; null before the first request.
  private final @Nullable Deadline timeout;

  /// An attempt that has sent no request yet.
  Attempt(UrlFetch fetch, Call call) {
    this.fetch = fetch;
    this.url = fetch.next();
    this.call = call;
    timeout = null;
  }

  private Attempt(Attempt before, Deadline timeout) {
    this.fetch = before.fetch;
    this.url = before.fetch.next();
    this.call = before.call;
    this.timeout = timeout;
  }

  UrlFetch fetch() {
    return fetch;
  }

  /// The URL to ask.
  WebUrl url() {
    return url;
  }

  Call call() {
    return call;
  }

  /// The attempt that the next request belongs to: this one, or one that begins with the request.
  ///
  /// @param itsTimeout if it begins
  Attempt request(Deadline itsTimeout) {
    if (timeout != null) {
      return this;
    }
    fetch.countTry();
    return new Attempt(this, itsTimeout);
  }

  /// The same attempt at the URL that its last answer redirects to.
  Attempt redirected(WebUrl next) {
    fetch.redirect(next);
    return new Attempt(this, timeout());
  }

  /// The next attempt, at the same URL.
  Attempt again() {
    return new Attempt(fetch, call);
  }

  /// Whether the timeout passed before this request of the attempt.
  boolean isLate() {
    return timeout != null && timeout.hasPassed();
  }

  /// The timeout of an attempt that has begun.
  Deadline timeout() {
    if (timeout == null) {
      throw new IllegalStateException("an attempt without a request has no timeout");
    }
    return timeout;
  }

  /// The deadline of its next request.
  Deadline deadline() {
    return timeout().earlier(callEnd());
  }

  /// Whether the round cuts it now, and not its own timeout.
  boolean isEndOfRound() {
    return callEnd().hasPassed();
  }

  /// Until when an exchange of its call must have ended by itself.
  Deadline callEnd() {
    return call.deadline().minus(RoundTime.BEFORE_CANCEL);
  }
}
