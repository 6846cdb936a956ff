package dev.sluice.fetch.guard;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Names and addresses in the format of hosts(5), asked before DNS. Its addresses are vetted like
/// those of DNS.
public final class HostsFile {
  /// A file without names.
  public static final HostsFile EMPTY = new HostsFile(Map.of());

  private final Map<String, List<InetAddress>> addresses;

  private HostsFile(Map<String, List<InetAddress>> addresses) {
    this.addresses = addresses;
  }

  /// Reads the whole file, in UTF-8.
  ///
  /// @throws IllegalArgumentException names the line whose address is none
  /// @throws IOException if the file cannot be read
  public static HostsFile read(Path file) throws IOException {
    return of(Files.readAllLines(file));
  }

  /// Reads lines instead of a file.
  public static HostsFile of(List<String> lines) {
    var addresses = new HashMap<String, List<InetAddress>>();
    for (var i = 0; i < lines.size(); i++) {
      var words = lines.get(i).replaceFirst("#.*", "").strip().split("\\s+");
      if (words[0].isEmpty()) {
        continue;
      }
      var address = address(words[0], i + 1);
      for (var name : List.of(words).subList(1, words.length)) {
        addresses
            .computeIfAbsent(name.toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
            .add(address);
      }
    }
    return new HostsFile(addresses);
  }

  private static InetAddress address(String text, int line) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException noAddress) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a line of a hosts file must begin with an address, got \"%s\" in line %d",
              text,
              line),
          noAddress);
    }
  }

  /// The addresses of a name in lower case; empty if the file does not know it.
  List<InetAddress> addresses(String name) {
    return List.copyOf(addresses.getOrDefault(name, List.of()));
  }
}
