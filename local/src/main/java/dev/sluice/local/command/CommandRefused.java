package dev.sluice.local.command;

/// Why a command does not run: one sentence, and the exit status.
final class CommandRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  static final int UNBALANCED = 1;
  static final int USAGE = 2;
  static final int INPUT = 3;
  static final int INTERRUPTED = 130;

  private final int status;

  private CommandRefused(int status, String sentence) {
    super(sentence);
    this.status = status;
  }

  static CommandRefused usage(String sentence) {
    return new CommandRefused(USAGE, sentence);
  }

  static CommandRefused input(String sentence) {
    return new CommandRefused(INPUT, sentence);
  }

  int status() {
    return status;
  }
}
