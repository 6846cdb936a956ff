package dev.sluice.fetch;

import dev.sluice.async.Call;
import dev.sluice.async.Deadline;
import dev.sluice.flow.url.WebUrl;
import java.util.Optional;

/// One attempt of a fetch to be answered, its redirects included, under one timeout. Immutable:
/// each step gives the next attempt.
///
/// @param url to ask
/// @param timeout empty before the first request
record Attempt(UrlFetch fetch, WebUrl url, Call call, Optional<Deadline> timeout) {
  /// An attempt that has sent no request yet.
  Attempt(UrlFetch fetch, Call call) {
    this(fetch, fetch.next(), call, Optional.empty());
  }

  /// The attempt that the next request belongs to: this one, or one that begins with the request.
  ///
  /// @param itsTimeout if it begins
  Attempt request(Deadline itsTimeout) {
    if (timeout.isPresent()) {
      return this;
    }
    fetch.countTry();
    return new Attempt(fetch, url, call, Optional.of(itsTimeout));
  }

  /// The same attempt at the URL that its last answer redirects to.
  Attempt redirected(WebUrl next) {
    fetch.redirect(next);
    return new Attempt(fetch, next, call, timeout);
  }

  /// The next attempt, at the same URL.
  Attempt again() {
    return new Attempt(fetch, call);
  }

  /// Whether the timeout passed before this request of the attempt.
  boolean isLate() {
    return timeout.isPresent() && timeout.get().hasPassed();
  }

  /// The deadline of its next request.
  Deadline deadline() {
    return timeout.orElseThrow().earlier(callEnd());
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
