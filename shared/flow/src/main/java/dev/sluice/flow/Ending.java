package dev.sluice.flow;

import java.time.Instant;

/// How an accepted line ended.
public sealed interface Ending {
  /// A final response was archived, whatever its status.
  record Stored() implements Ending {}

  /// Requests were sent, or a connection was tried, and no answer counts.
  ///
  /// @param detail one sentence with the value
  record Failed(Fault.Failed fault, String detail) implements Ending {}

  /// A rule forbids to ask.
  ///
  /// @param detail one sentence with the value
  record Refused(Fault.Refused fault, String detail) implements Ending {}

  /// The same URL stands in an earlier line.
  ///
  /// @param ofLine number of the earlier line, which is smaller
  record Duplicate(long ofLine) implements Ending {}

  /// The detail of a line that gave up at the deadline of its job.
  static String deadlinePassed(Instant deadline) {
    return "the job's deadline " + deadline + " has passed";
  }

  /// The word of this ending in rows and books.
  default String outcome() {
    return switch (this) {
      case Stored() -> "stored";
      case Failed _ -> "failed";
      case Refused _ -> "refused";
      case Duplicate _ -> "duplicate";
    };
  }
}
