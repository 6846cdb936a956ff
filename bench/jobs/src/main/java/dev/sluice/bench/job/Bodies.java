package dev.sluice.bench.job;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// Pages as they are sent: compressed once, before the first request, and kept in memory. Bounded
/// by [JavadocPages#MAX_BYTES]. Any thread.
final class Bodies {
  private final Map<String, byte[]> gzip;

  private Bodies(Map<String, byte[]> gzip) {
    this.gzip = gzip;
  }

  static Bodies of(JavadocPages pages) throws IOException {
    var byJar = pages.all().stream().collect(Collectors.groupingBy(JavadocPages.Page::jar));
    var all = new HashMap<String, byte[]>();
    for (var jar : byJar.entrySet()) {
      all.putAll(compressed(jar.getKey(), jar.getValue()));
    }
    return new Bodies(Map.copyOf(all));
  }

  private static Map<String, byte[]> compressed(Path jar, List<JavadocPages.Page> pages)
      throws IOException {
    var all = new HashMap<String, byte[]>();
    try (var zip = new ZipFile(jar.toFile())) {
      for (var page : pages) {
        var out = new ByteArrayOutputStream();
        try (var in = zip.getInputStream(zip.getEntry(page.entry()));
            var compress = new GZIPOutputStream(out)) {
          in.transferTo(compress);
        }
        all.put(page.path(), out.toByteArray());
      }
    }
    return all;
  }

  /// The page at this path in the coding gzip; null if there is none. Not to be changed.
  byte @Nullable [] gzip(String path) {
    return gzip.get(path);
  }

  /// The same without the coding.
  static byte[] plain(byte[] gzip) throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      return in.readAllBytes();
    }
  }
}
