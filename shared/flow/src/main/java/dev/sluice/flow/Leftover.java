package dev.sluice.flow;

import java.time.Instant;

/// A URL that a round did not finish, with its state for the next round.
///
/// @param target with its attempts and redirects so far
/// @param hostGroup of the URL to ask next
/// @param notBefore when it is due
/// @param parked whether its host is parked until then, so that all URLs of the host are due at
///   once
public record Leftover(Target target, int hostGroup, Instant notBefore, boolean parked) {
  public Leftover {
    Rule.atLeast("hostGroup", 0, hostGroup);
  }
}
