package dev.sluice.edge;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/// Whether this process can still work: asked after a message has failed.
///
/// A process whose disk is full, or whose threads have died, fails each task in a millisecond, and
/// its queue hands it the next one. Such a process must end, and no wording of an exception tells
/// it from a message that is bad: so the thing itself is tried.
@FunctionalInterface
public interface Health {
  /// A socket can be opened, so the process has file descriptors left.
  Health DESCRIPTORS = () -> SocketChannel.open().close();

  /// Tries it. Blocks at most as long as opening a file does.
  ///
  /// @throws IOException if it is broken for a reason of this process; its message says which
  void check() throws IOException;

  /// This one, then the other.
  default Health and(Health other) {
    return () -> {
      check();
      other.check();
    };
  }
}
