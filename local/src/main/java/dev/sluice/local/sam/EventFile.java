package dev.sluice.local.sam;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// A file of `events/`: an event of the function whose name its own begins with, as
/// `submit-get.json` one of `Submit`.
///
/// @param function logical id in the template
public record EventFile(String function, Path path) {
  /// Variables for `sam local`, and no event.
  private static final String VARIABLES = "env.json";

  /// All events of the folder, by function and name.
  ///
  /// @throws IllegalArgumentException if a file is of none of the functions, or a function has no
  ///   file; names it
  public static List<EventFile> of(Path folder, Set<String> functions) throws IOException {
    var events = new ArrayList<EventFile>();
    var bare = new TreeSet<>(functions);
    try (var files = Files.list(folder)) {
      for (var path : files.sorted().toList()) {
        if (!path.endsWith(VARIABLES)) {
          var function = function(path, functions);
          events.add(new EventFile(function, path));
          bare.remove(function);
        }
      }
    }
    if (!bare.isEmpty()) {
      throw new IllegalArgumentException("each function must have an event, none is for " + bare);
    }
    return events;
  }

  private static String function(Path path, Set<String> functions) {
    var name = path.getFileName().toString().replaceAll("[-.].*", "");
    return functions.stream()
        .filter(function -> function.toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "an event must be named for one of " + functions + ", got " + path.getFileName()));
  }
}
