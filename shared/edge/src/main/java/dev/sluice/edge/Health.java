package dev.sluice.edge;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/// Checks whether this process can still work, after a message has failed.
///
/// A process whose disk is full, or whose threads have died, fails each task in a millisecond, and
/// its queue hands it the next one. Such a process must end. No wording of an exception tells it
/// from a bad message, so the check tries the resource itself.
@FunctionalInterface
public interface Health {
  /// Opens a socket, which fails if the process has no file descriptor left.
  Health DESCRIPTORS = () -> SocketChannel.open().close();

  /// Tries the resource. Blocks at most as long as opening a file does.
  ///
  /// @throws IOException if it is broken; its message names the reason
  void check() throws IOException;

  /// This check, then the other.
  default Health and(Health other) {
    return () -> {
      check();
      other.check();
    };
  }
}
