package dev.sluice.flow;

import dev.sluice.async.Call;
import dev.sluice.flow.url.WebUrl;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The web as a stage sees it: one request, one answer. Redirects are answers.
public interface Web {
  /// Resolves, vets every address, connects to a vetted one, asks, and reads the answer under the
  /// limits of the adapter and the call's deadline.
  ///
  /// The stage completes normally whatever the server does; exceptionally only for a fault of our
  /// own. It completes on a thread of the adapter. A cancelled call closes its socket.
  CompletionStage<Reply> ask(WebUrl url, Call call);

  /// One header field as received. Its name and value hold no CR, LF or NUL.
  record Field(String name, String value) {}

  /// A body, in memory or in a file. Whoever gets the reply owns it and closes it once.
  interface Body extends AutoCloseable {
    /// Bytes.
    long length();

    /// Reads it from the beginning; may be called again until it is closed.
    InputStream open() throws IOException;

    /// Frees memory permits or the file. A second call does nothing.
    @Override
    void close();
  }

  /// The result of one exchange.
  sealed interface Reply {
    /// When the exchange began.
    Instant at();

    /// The phases of this exchange; `total` is of this exchange too.
    Took took();

    /// The address that was connected to; null if none was.
    @Nullable String ip();

    /// Whether a request was sent, so that the server may have counted it.
    boolean sent();

    /// A final response (200 to 599), whole or cut.
    ///
    /// @param requestHead as sent: request line and fields, with the empty line
    /// @param responseHead as archived: status line and fields, with the empty line
    /// @param fields of the response
    /// @param body as received; the transfer coding is taken off, the content coding is not
    /// @param bytesWire received, head included
    /// @param bytesBody of the body, content codings taken off
    /// @param truncated why the body was cut (WARC-Truncated): `length`, `time`, `disconnect`; null
    ///   if it is whole
    @SuppressWarnings("ArrayRecordComponent") // bytes for the archive, never compared
    record Response(
        Instant at,
        Took took,
        String ip,
        byte[] requestHead,
        byte[] responseHead,
        int status,
        List<Field> fields,
        Body body,
        long bytesWire,
        long bytesBody,
        @Nullable String truncated)
        implements Reply {
      public Response {
        fields = List.copyOf(fields);
      }

      @Override
      public boolean sent() {
        return true;
      }

      /// The value of the first field of this name, in any case of letters.
      public Optional<String> field(String name) {
        return fields.stream()
            .filter(field -> field.name().equalsIgnoreCase(name))
            .map(Field::value)
            .findFirst();
      }
    }

    /// No answer that counts.
    ///
    /// @param fault why
    /// @param detail one sentence with the value; of a timeout, it names the phase
    record Broken(
        Instant at, Took took, @Nullable String ip, boolean sent, Fault fault, String detail)
        implements Reply {}
  }
}
