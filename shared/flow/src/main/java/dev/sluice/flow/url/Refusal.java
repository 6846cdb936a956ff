package dev.sluice.flow.url;

import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;

/// Why a URL is not fetched, by a rule.
///
/// @param fault the rule
/// @param detail one sentence with the value; control characters in it are escaped
public record Refusal(Fault.Refused fault, String detail) implements Parsed {
  /// The same as the end of a line.
  public Ending ending() {
    return new Ending.Refused(fault, detail);
  }
}
