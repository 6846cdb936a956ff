package dev.sluice.fetch.wire;

import java.util.Locale;

/// The phases of an exchange, in their order; each has a time of its own.
enum Phase {
  DNS,
  CONNECT,
  TLS,
  FIRST_BYTE,
  BODY;

  /// Its key in `took_ms`.
  String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
