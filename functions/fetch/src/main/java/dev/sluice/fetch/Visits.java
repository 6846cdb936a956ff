package dev.sluice.fetch;

import dev.sluice.flow.Ending;
import dev.sluice.flow.Visit;
import dev.sluice.flow.Web.Reply;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The visits that fetches end with.
final class Visits {
  private Visits() {}

  /// The visit of a fetch that ends without a reply.
  static Visit of(UrlFetch fetch, Ending ending) {
    return Visit.unanswered(fetch.target(), ending);
  }

  /// The visit of a fetch that ends with this reply.
  static Visit of(UrlFetch fetch, Ending ending, Reply reply) {
    var visit = of(fetch, ending);
    return switch (reply) {
      case Reply.Broken broken -> broken(visit, broken);
      case Reply.Response response -> answered(visit, response, visit.contentDigest());
    };
  }

  /// The visit of a fetch that ends with this response.
  ///
  /// @param digest of the body
  static Visit of(UrlFetch fetch, Ending ending, Reply.Response response, String digest) {
    return answered(of(fetch, ending), response, digest);
  }

  private static Visit broken(Visit visit, Reply.Broken broken) {
    return new Visit(
        visit.line(),
        visit.url(),
        visit.ending(),
        visit.attempts(),
        visit.urlFinal(),
        visit.redirects(),
        broken.at(),
        visit.fetchStatus(),
        broken.ip(),
        broken.took(),
        visit.bytesWire(),
        visit.bytesBody(),
        visit.contentMimeType(),
        visit.contentCharset(),
        visit.contentDigest(),
        visit.contentTruncated());
  }

  private static Visit answered(Visit visit, Reply.Response response, @Nullable String digest) {
    var type = response.field("Content-Type").orElse("");
    return new Visit(
        visit.line(),
        visit.url(),
        visit.ending(),
        visit.attempts(),
        visit.urlFinal(),
        visit.redirects(),
        response.at(),
        response.status(),
        response.ip(),
        response.took(),
        response.bytesWire(),
        response.bytesBody(),
        mimeType(type),
        charset(type),
        digest,
        response.truncated());
  }

  private static @Nullable String mimeType(String contentType) {
    var type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return type.isEmpty() ? null : type;
  }

  private static @Nullable String charset(String contentType) {
    for (var parameter : contentType.split(";", -1)) {
      var pair = parameter.split("=", 2);
      if (pair.length == 2 && pair[0].strip().equalsIgnoreCase("charset")) {
        return pair[1].strip().replace("\"", "").toLowerCase(Locale.ROOT);
      }
    }
    return null;
  }
}
