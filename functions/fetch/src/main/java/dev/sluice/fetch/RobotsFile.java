package dev.sluice.fetch;

import dev.sluice.archive.ContentCodings;
import dev.sluice.archive.Untrusted;
import dev.sluice.fetch.plan.Robots;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Web;
import dev.sluice.flow.Web.Reply;
import dev.sluice.flow.url.WebUrl;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// A robots.txt as it was sent. A file that is cut may miss the lines that forbid: so it counts
/// only whole, or as far as it has to be read.
sealed interface RobotsFile {
  /// The file is whole, or longer than bodies may be.
  ///
  /// @param robots the rules that it has for us
  record Whole(Robots robots) implements RobotsFile {}

  /// The file is not whole.
  ///
  /// @param why the ending of its host's URLs if that stays so
  record Cut(Ending why) implements RobotsFile {}

  /// Reads the body of a response with 2xx; blocks, and computes.
  ///
  /// @throws IOException if the body cannot be opened
  /// @throws UncheckedIOException if reading it fails for a reason of ours
  static RobotsFile read(WebUrl origin, Reply.Response response, String userAgent)
      throws IOException {
    var name = "robots.txt of " + origin.origin();
    var body = new Untrusted.OwnStream(response.body().open());
    try {
      var content = Untrusted.read(() -> content(response, body));
      var cut = content.length < Robots.ENOUGH_BYTES ? response.truncated() : null;
      return cut == null
          ? new Whole(
              Untrusted.read(() -> Robots.parse(origin, content, type(response), userAgent)))
          : cut(name, cut, response.body().length());
    } catch (IOException broken) {
      body.check();
      return response.truncated() == null
          ? new Cut(refused(name + " cannot be decoded: " + broken.getMessage()))
          : cut(name, response.truncated(), response.body().length());
    }
  }

  private static RobotsFile cut(String name, String how, long bytes) {
    return switch (how) {
      case "time" -> new Cut(new Ending.Failed(Fault.Failed.TIMEOUT, name + " took too long"));
      case "disconnect" -> new Cut(new Ending.Failed(Fault.Failed.DISCONNECT, name + " broke off"));
      // Waiting makes no file shorter.
      default ->
          new Whole(
              new Robots.AllowNone(
                  refused(name + " must be whole within a body, which ends at byte " + bytes)));
    };
  }

  private static Ending refused(String detail) {
    return new Ending.Refused(Fault.Refused.ROBOTS, detail);
  }

  private static byte[] content(Reply.Response response, InputStream body) throws IOException {
    var codings =
        ContentCodings.of(
            response.fields().stream()
                .filter(field -> field.name().equalsIgnoreCase("Content-Encoding"))
                .map(Web.Field::value)
                .toList());
    try (var in = codings.decode(body)) {
      return in.readNBytes(Robots.ENOUGH_BYTES);
    }
  }

  private static String type(Reply.Response response) {
    return response.field("Content-Type").orElse("text/plain");
  }
}
