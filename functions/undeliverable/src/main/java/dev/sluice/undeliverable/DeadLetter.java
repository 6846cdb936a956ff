package dev.sluice.undeliverable;

import dev.sluice.archive.Json;
import dev.sluice.flow.Message;

/// A message from a dead-letter queue.
sealed interface DeadLetter {
  /// A message of ours that can be read.
  record Ours(Message message) implements DeadLetter {}

  /// A message that cannot be read.
  ///
  /// @param why it cannot be read
  record Unreadable(String body, String why) implements DeadLetter {}

  /// Reads the body of a message; never fails.
  static DeadLetter read(String body) {
    try {
      return new Ours(Json.read(Message.class, body));
    } catch (IllegalArgumentException unreadable) {
      return new Unreadable(body, String.valueOf(unreadable.getMessage()));
    }
  }
}
