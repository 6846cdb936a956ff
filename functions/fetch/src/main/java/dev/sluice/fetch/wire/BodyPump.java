package dev.sluice.fetch.wire;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/// Carries a body from the I/O thread to its spool, which may block, on another thread.
///
/// At most [#PAUSE_BYTES] and one read wait here; then reading pauses until the writer has caught
/// up.
final class BodyPump {
  static final int PAUSE_BYTES = 64 * 1024;

  /// Is told the end, once, on the writing thread.
  interface Listener {
    /// All parts were written.
    void drained();

    /// The spool failed; no part is written any more.
    void failed(IOException failure);
  }

  private final Spool spool;
  private final Executor writer;
  private final Runnable resume;
  private final Listener listener;

  @GuardedBy("this")
  private ByteArrayOutputStream waiting = new ByteArrayOutputStream();

  @GuardedBy("this")
  private boolean writing;

  @GuardedBy("this")
  private boolean paused;

  @GuardedBy("this")
  private boolean ended;

  @GuardedBy("this")
  private boolean finished;

  BodyPump(Spool spool, Executor writer, Runnable resume, Listener listener) {
    this.spool = spool;
    this.writer = writer;
    this.resume = resume;
    this.listener = listener;
  }

  /// Takes a copy of the part.
  ///
  /// @return whether more may be read before `resume` is called
  synchronized boolean offer(ByteBuffer part) {
    if (!ended) {
      var bytes = new byte[part.remaining()];
      part.get(bytes);
      waiting.write(bytes, 0, bytes.length);
      paused = waiting.size() >= PAUSE_BYTES;
      if (paused) {
        startWriting();
      }
    }
    return !paused;
  }

  /// Whether a part may be offered now.
  synchronized boolean hasRoom() {
    return !paused && !ended;
  }

  /// The body ends here; the parts that wait are still written. A second time does nothing.
  synchronized void end() {
    if (!ended) {
      ended = true;
      startWriting();
    }
  }

  @GuardedBy("this")
  private void startWriting() {
    if (!writing) {
      writing = true;
      writer.execute(this::write);
    }
  }

  private void write() {
    try {
      for (var bytes = next(); bytes.length > 0; bytes = next()) {
        spool.write(bytes, bytes.length);
      }
    } catch (IOException | RuntimeException failure) {
      if (finish()) {
        listener.failed(failure instanceof IOException io ? io : new IOException(failure));
      }
      return;
    }
    if (isDrained() && finish()) {
      listener.drained();
    }
  }

  /// Takes out the bytes that wait; without any, this thread writes no longer.
  private byte[] next() {
    byte[] bytes;
    boolean wasPaused;
    synchronized (this) {
      bytes = waiting.toByteArray();
      waiting = new ByteArrayOutputStream();
      writing = bytes.length > 0;
      wasPaused = paused;
      paused = false;
    }
    if (wasPaused) {
      resume.run();
    }
    return bytes;
  }

  private synchronized boolean isDrained() {
    return ended && !writing && waiting.size() == 0;
  }

  private synchronized boolean finish() {
    var first = !finished;
    finished = true;
    ended = true;
    return first;
  }
}
