package dev.sluice.fetch.wire;

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

  /// What happens at the end, once, on the writing thread.
  interface Ending {
    /// Everything was written.
    void drained();

    /// The spool failed; nothing more is written.
    void failed(IOException failure);
  }

  private final Spool spool;
  private final Executor writer;
  private final Runnable resume;
  private final Ending ending;

  // Guarded by this.
  private ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private boolean writing;
  private boolean paused;
  private boolean ended;
  private boolean finished;

  BodyPump(Spool spool, Executor writer, Runnable resume, Ending ending) {
    this.spool = spool;
    this.writer = writer;
    this.resume = resume;
    this.ending = ending;
  }

  /// Takes a copy of the part. False means: read no more until `resume` is called.
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

  /// Nothing more comes; what waits is still written. A second time does nothing.
  synchronized void end() {
    if (!ended) {
      ended = true;
      startWriting();
    }
  }

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
        ending.failed(failure instanceof IOException io ? io : new IOException(failure));
      }
      return;
    }
    if (isDrained() && finish()) {
      ending.drained();
    }
  }

  /// What waits; empty when nothing does, and then this thread writes no longer.
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
