package dev.sluice.bench.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// The HTML files of javadoc jars: real pages of all sizes that everybody's Maven can fetch.
///
/// Their order depends on the jars alone, so that two processes that read the same folder mean the
/// same pages.
///
/// @param all by jar and name
record JavadocPages(List<Page> all) {
  /// Pages beyond it are left out, in bytes before compression.
  static final long MAX_BYTES = 256L << 20;

  private static final String ENDING = "-javadoc.jar";

  /// Names that stand in a URL's path as they are.
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._/-]+\\.html");

  /// @param path of its URL, from the slash on
  /// @param length in bytes, not compressed
  record Page(Path jar, String entry, String path, long length) {}

  JavadocPages {
    all = List.copyOf(all);
  }

  /// @throws IOException if the folder or a jar cannot be read, or holds no page
  static JavadocPages of(Path folder) throws IOException {
    List<Path> jars;
    try (var files = Files.list(folder)) {
      jars = files.filter(file -> file.toString().endsWith(ENDING)).sorted().toList();
    }
    var all = new ArrayList<Page>();
    long bytes = 0;
    for (var jar : jars) {
      for (var page : of(jar, jar.getFileName().toString().replace(ENDING, ""))) {
        bytes += page.length();
        if (bytes <= MAX_BYTES) {
          all.add(page);
        }
      }
    }
    if (all.isEmpty()) {
      throw new IOException("a folder of pages must hold HTML in *" + ENDING + ", got " + folder);
    }
    return new JavadocPages(all);
  }

  private static List<Page> of(Path jar, String name) throws IOException {
    try (var zip = new ZipFile(jar.toFile())) {
      return zip.stream()
          .filter(entry -> PLAIN.matcher(entry.getName()).matches() && entry.getSize() > 0)
          .sorted(Comparator.comparing(ZipEntry::getName))
          .map(entry ->
              new Page(jar, entry.getName(), "/" + name + "/" + entry.getName(), entry.getSize()))
          .toList();
    }
  }
}
