package dev.sluice.local.command;

/// Why a command does not run: one sentence, and the exit status.
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  static final int UNBALANCED = 1;
  static final int USAGE = 2;
  static final int INPUT = 3;
  static final int INTERRUPTED = 130;

  private final int status;

  private Refused(int status, String sentence) {
    super(sentence);
    this.status = status;
  }

  static Refused usage(String sentence) {
    return new Refused(USAGE, sentence);
  }

  static Refused input(String sentence) {
    return new Refused(INPUT, sentence);
  }

  int status() {
    return status;
  }
}
