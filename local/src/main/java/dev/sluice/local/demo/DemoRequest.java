package dev.sluice.local.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The parts of a request that the demo's web needs.
record DemoRequest(String path, String host, boolean gzip) {
  /// Reads a request; null when the client has closed.
  static @Nullable DemoRequest read(BufferedReader in) throws IOException {
    var first = in.readLine();
    if (first == null) {
      return null;
    }
    var words = first.split(" ", 3);
    var host = "";
    var gzip = false;
    for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      var lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("host:")) {
        host = lower.substring(5).strip();
      }
      gzip |= lower.startsWith("accept-encoding:") && lower.contains("gzip");
    }
    return new DemoRequest(words.length > 1 ? words[1] : "/", host, gzip);
  }
}
