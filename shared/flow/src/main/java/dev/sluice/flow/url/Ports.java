package dev.sluice.flow.url;

import java.util.ArrayList;
import java.util.BitSet;

/// The ports that may be asked: 80, 443, and what the operator adds.
final class Ports {
  private static final int MAX = 65_535;

  private final BitSet allowed = new BitSet();

  private Ports() {
    allowed.set(80);
    allowed.set(443);
  }

  /// Adds ports and ranges, `P` or `P-Q`, comma-separated.
  ///
  /// @throws IllegalArgumentException names each value that is wrong
  static Ports adding(String values) {
    var ports = new Ports();
    var wrong = new ArrayList<String>();
    for (var value : Listed.of(values)) {
      if (!ports.add(value)) {
        wrong.add("a port must be P or P-Q, 1 to 65535, P not above Q, got " + Quote.of(value));
      }
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", wrong));
    }
    return ports;
  }

  private boolean add(String value) {
    if (!value.matches("\\d{1,5}(-\\d{1,5})?")) {
      return false;
    }
    var dash = value.indexOf('-');
    var first = Integer.parseInt(dash < 0 ? value : value.substring(0, dash));
    var last = Integer.parseInt(value.substring(dash + 1));
    if (first < 1 || first > last || last > MAX) {
      return false;
    }
    allowed.set(first, last + 1);
    return true;
  }

  boolean allow(int port) {
    return allowed.get(port);
  }
}
