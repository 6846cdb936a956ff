package dev.sluice.flow.url;

import dev.sluice.flow.Fault;

/// Carries a refusal out of the parser; never leaves the package.
final class BadUrl extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Refusal refusal;

  BadUrl(Fault.Refused fault, String detail) {
    super(detail, null, false, false);
    refusal = new Refusal(fault, detail);
  }

  BadUrl(String detail) {
    this(Fault.Refused.BAD_URL, detail);
  }

  Refusal refusal() {
    return refusal;
  }
}
