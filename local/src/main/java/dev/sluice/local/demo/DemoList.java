package dev.sluice.local.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// The demo's list of URLs: a function of its length and seed.
public final class DemoList {
  static final int HOSTS = 200;

  private DemoList() {}

  static String host(int index) {
    return String.format(Locale.ROOT, "h%03d.test", index);
  }

  /// `count` lines that are all accepted.
  ///
  /// @param port of the demo's web
  public static List<String> lines(int count, long seed, int port) {
    var random = new Random(seed);
    var lines = new ArrayList<String>();
    for (var i = 0; i < count; i++) {
      lines.add(
          switch (i % 40) {
            case 7 -> odd(i / 40);
            case 17 -> lines.get(random.nextInt(lines.size()));
            case 27 -> String.format(Locale.ROOT, "http://nx%03d.invalid/", i);
            default ->
                "http://"
                    + host(random.nextInt(HOSTS))
                    + ":"
                    + port
                    + "/page/"
                    + random.nextInt(1_000);
          });
    }
    Collections.shuffle(lines, random);
    return lines;
  }

  private static String odd(int i) {
    return switch (i % 10) {
      case 0 -> "this is no URL";
      case 1 -> "ftp://h001.test/file" + i;
      case 2 -> "http://user:secret@h001.test/" + i;
      case 3 -> "http://169.254.169.254/latest/" + i;
      case 4 -> "http://10.0.0.1/" + i;
      case 5 -> "http://localhost/" + i;
      case 6 -> "http://h001.test:22/" + i;
      case 7 -> "http://h001.test/" + "x".repeat(9_000);
      case 8 -> "http://[::1]/" + i;
      default -> "http://metadata.google.internal/" + i;
    };
  }

  /// All names of the demo as hosts(5) has them.
  public static String hostsFile() {
    var file = new StringBuilder();
    for (var i = 0; i < HOSTS; i++) {
      file.append("127.0.0.1 ").append(host(i)).append('\n');
    }
    return file.toString();
  }
}
