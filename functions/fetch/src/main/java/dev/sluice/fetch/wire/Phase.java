package dev.sluice.fetch.wire;

import java.util.Locale;

/// Where an exchange stands; each phase has a time of its own.
enum Phase {
  DNS,
  CONNECT,
  TLS,
  FIRST_BYTE,
  BODY;

  /// As in `took_ms`.
  String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
