package dev.sluice.fetch.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.flow.url.WebUrl;

/// The request as it is sent and archived: without cookie, credential and referrer.
final class RequestHead {
  private RequestHead() {}

  static byte[] of(WebUrl url, String userAgent) {
    var text =
        "GET "
            + url.pathAndQuery()
            + " HTTP/1.1\r\nHost: "
            + url.authority()
            + "\r\nUser-Agent: "
            + userAgent
            + "\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Encoding: gzip\r\n\r\n";
    if (!isPrintable(url.pathAndQuery()) || !isPrintable(url.authority())) {
      throw new IllegalArgumentException(
          "path and authority must be printable ASCII without spaces, got \"" + url + "\"");
    }
    return text.getBytes(US_ASCII);
  }

  private static boolean isPrintable(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
