package dev.sluice.fetch.wire;

import dev.sluice.flow.Fault;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads one response from bytes as they come: interim responses are passed over, the final one
/// goes to the receiver. Belongs to one thread.
final class ResponseReader {
  private static final byte[] BEGINNING = {'H', 'T', 'T', 'P', '/', '1', '.'};

  /// Takes the final response.
  interface Receiver {
    /// Takes the head of the final response, once.
    void head(ResponseHead head) throws BadHttp;

    /// Takes bytes of its body, to be copied before returning.
    void body(ByteBuffer part);
  }

  private final HttpLimits limits;
  private final Receiver receiver;
  private final ByteArrayOutputStream headBytes = new ByteArrayOutputStream(1024);
  private int allHeadBytes;
  private int lineLength;
  private int interim;
  private long wireBytes;
  private @Nullable ResponseHead head;
  private @Nullable Framing framing;

  ResponseReader(HttpLimits limits, Receiver receiver) {
    this.limits = limits;
    this.receiver = receiver;
  }

  /// Consumes the bytes that belong to the response; those that remain in `in` do not.
  void read(ByteBuffer in) throws BadHttp {
    var before = in.remaining();
    try {
      while (in.hasRemaining() && !isDone()) {
        if (framing == null) {
          readHead(in);
        } else {
          readBody(in, framing);
        }
      }
    } finally {
      wireBytes += before - in.remaining();
    }
  }

  private void readBody(ByteBuffer in, Framing body) throws BadHttp {
    var part = body.next(in);
    if (part != null) {
      receiver.body(part);
    }
  }

  private void readHead(ByteBuffer in) throws BadHttp {
    while (in.hasRemaining()) {
      var b = in.get();
      expectBeginning(b);
      headBytes.write(b);
      if (++allHeadBytes > limits.maxHeadBytes()) {
        throw new BadHttp(
            Fault.Failed.TOO_LARGE,
            "the heads of a response must have at most " + limits.maxHeadBytes() + " bytes");
      }
      if (b != '\n') {
        lineLength += b == '\r' ? 0 : 1;
      } else if (lineLength > 0) {
        lineLength = 0;
      } else {
        endHead(ResponseHead.parse(headBytes.toByteArray()));
        return;
      }
    }
  }

  private void expectBeginning(byte b) throws BadHttp {
    var at = headBytes.size();
    if (at < BEGINNING.length && b != BEGINNING[at]) {
      throw new BadHttp(
          String.format(
              Locale.ROOT, "a response must begin with HTTP/1., got 0x%02x as byte %d", b, at + 1));
    }
  }

  private void endHead(ResponseHead parsed) throws BadHttp {
    headBytes.reset();
    lineLength = 0;
    if (parsed.status() == 101) {
      throw new BadHttp("a server must not switch protocols unasked, got 101");
    }
    if (parsed.status() >= 200) {
      framing = Framing.of(parsed);
      head = parsed;
      receiver.head(parsed);
    } else if (++interim > limits.maxInterimResponses()) {
      throw new BadHttp(
          String.format(
              Locale.ROOT,
              "there must be at most %d interim responses, got more with %d",
              limits.maxInterimResponses(),
              parsed.status()));
    }
  }

  /// Whether the whole response was read.
  boolean isDone() {
    return framing != null && framing.isDone();
  }

  /// Whether the end of the connection, now, is the end of the response.
  boolean endsWithConnection() {
    return framing != null && framing.endsWithConnection();
  }

  /// Whether, once done, another response may follow on the connection.
  boolean keepsAlive() {
    return isDone() && head != null && head.keepsAlive();
  }

  /// Bytes consumed so far: heads, framing and body.
  long wireBytes() {
    return wireBytes;
  }
}
