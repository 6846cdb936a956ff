package dev.sluice.flow;

import java.util.Locale;

/// Why a URL was not stored. The codes are fixed: rows, books and command line use them.
public sealed interface Fault {
  /// The constant's own name, in upper case.
  String name();

  /// The word for it in rows and books: its name in lower case.
  default String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The faults of [Ending.Failed].
  enum Failed implements Fault {
    DNS,
    CONNECT,
    TLS,
    /// Its detail names the phase.
    TIMEOUT,
    DISCONNECT,
    BAD_HTTP,
    /// Headers or a decompression ratio exceed their limit; a body that exceeds its own is cut,
    /// stored and marked.
    TOO_LARGE,
    REDIRECT_LOOP,
    /// The last answer was 429 or 5xx.
    HTTP,
    /// The job's deadline has passed or its retry budget is spent. A URL whose attempts are spent
    /// keeps its last fault instead.
    GAVE_UP,
    /// Its task came back from a dead-letter queue.
    LOST
  }

  /// The faults of [Ending.Refused].
  enum Refused implements Fault {
    BAD_LINE,
    BAD_URL,
    SCHEME,
    PORT,
    USER_INFO,
    /// A private or special address, in the URL, from DNS or on a redirect.
    ADDRESS,
    NAME,
    ROBOTS
  }

  /// The fault of this code.
  ///
  /// @throws IllegalArgumentException if there is none
  static Fault of(String code) {
    for (var fault : Failed.values()) {
      if (fault.code().equals(code)) {
        return fault;
      }
    }
    for (var fault : Refused.values()) {
      if (fault.code().equals(code)) {
        return fault;
      }
    }
    throw new IllegalArgumentException("no such fault: \"" + code + "\"");
  }
}
