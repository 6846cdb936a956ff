package dev.sluice.flow.url;

import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;

/// A rule forbids to fetch a URL.
///
/// @param fault the rule
/// @param detail one sentence with the value; control characters in it are escaped
public record Refusal(Fault.Refused fault, String detail) implements Parsed {
  /// The ending of a line that is refused so.
  public Ending ending() {
    return new Ending.Refused(fault, detail);
  }
}
