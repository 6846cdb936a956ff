package dev.sluice.fetch.wire;

import dev.sluice.flow.Fault;

/// What a server sent is no HTTP that we take. Never leaves the package.
final class BadHttp extends Exception {
  private static final long serialVersionUID = 1;

  private final Fault.Failed fault;

  BadHttp(Fault.Failed fault, String detail) {
    super(detail, null, false, false);
    this.fault = fault;
  }

  BadHttp(String detail) {
    this(Fault.Failed.BAD_HTTP, detail);
  }

  Fault.Failed fault() {
    return fault;
  }

  /// One sentence with the value.
  String detail() {
    return String.valueOf(getMessage());
  }
}
