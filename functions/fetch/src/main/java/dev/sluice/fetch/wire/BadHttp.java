package dev.sluice.fetch.wire;

import dev.sluice.flow.Fault;

/// The server sent no HTTP that we take. Never leaves the package; has no stack trace.
final class BadHttp extends Exception {
  private static final long serialVersionUID = 1;

  private final Fault.Failed fault;

  BadHttp(Fault.Failed fault, String detail) {
    super(detail);
    this.fault = fault;
  }

  BadHttp(String detail) {
    this(Fault.Failed.BAD_HTTP, detail);
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }

  Fault.Failed fault() {
    return fault;
  }

  /// One sentence with the value.
  String detail() {
    return String.valueOf(getMessage());
  }
}
