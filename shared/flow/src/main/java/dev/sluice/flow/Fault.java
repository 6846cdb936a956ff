package dev.sluice.flow;

import java.util.Locale;

/// Why a URL was not stored. The codes are fixed: rows, books and command line use them.
public sealed interface Fault {
  /// The enum's own name, in upper case.
  String name();

  /// As it stands in rows and books: lower case.
  default String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// We tried, and got no answer that counts.
  enum Failed implements Fault {
    DNS,
    CONNECT,
    TLS,
    /// Names the phase.
    TIMEOUT,
    DISCONNECT,
    BAD_HTTP,
    /// Of headers, or of a decompression ratio; a body that was cut is stored and marked.
    TOO_LARGE,
    REDIRECT_LOOP,
    /// The last answer was 429 or 5xx.
    HTTP,
    /// The job's deadline or retry budget; when a URL's attempts are spent the last fault stands.
    GAVE_UP,
    /// Came back from a dead-letter queue.
    LOST
  }

  /// We did not try, by a rule.
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
