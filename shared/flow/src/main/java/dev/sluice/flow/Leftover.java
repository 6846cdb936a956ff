package dev.sluice.flow;

import java.time.Instant;

/// A URL that a round did not finish, with what the next one must know.
///
/// @param target with the attempts and redirects so far
/// @param hostGroup of the URL to ask next
/// @param notBefore when it is due
/// @param parked whether that time is its host's own, equal for all URLs of the host
public record Leftover(Target target, int hostGroup, Instant notBefore, boolean parked) {
  public Leftover {
    Rule.atLeast("hostGroup", 0, hostGroup);
  }
}
