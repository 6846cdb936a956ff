package dev.sluice.undeliverable;

import dev.sluice.archive.Json;
import dev.sluice.flow.Message;

/// A dead letter.
sealed interface DeadLetter {
  /// One that we wrote and can read.
  record Ours(Message message) implements DeadLetter {}

  /// One that no version of the code can read.
  ///
  /// @param why it cannot be
  record Unreadable(String body, String why) implements DeadLetter {}

  /// Reads the body of a message; fails for none.
  static DeadLetter read(String body) {
    try {
      return new Ours(Json.read(Message.class, body));
    } catch (IllegalArgumentException unreadable) {
      return new Unreadable(body, String.valueOf(unreadable.getMessage()));
    }
  }
}
