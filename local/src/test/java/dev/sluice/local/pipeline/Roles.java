package dev.sluice.local.pipeline;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// What the roles of the template let functions do with objects: no server here refuses what AWS
/// would.
final class Roles {
  /// A role of the template, from its name to the next resource.
  private static final Pattern ROLE = Pattern.compile("(?ms)^  (\\w+)Role:$(.*?)(?=^  \\w|\\z)");

  private static final Pattern OBJECTS =
      Pattern.compile("Action: s3:(Get|Put)Object\\s+Resource:((?:\\s+- !Sub \"[^\"]+\")+)");

  private static final Pattern KIND = Pattern.compile("\\$\\{Bucket\\.Arn}/([a-z]+)/\\*");

  private final Map<String, Set<String>> kinds = new HashMap<>();

  static Roles read(Path template) throws IOException {
    var roles = new Roles();
    var role = ROLE.matcher(Files.readString(template));
    while (role.find()) {
      var objects = OBJECTS.matcher(role.group(2));
      while (objects.find()) {
        var may =
            KIND.matcher(objects.group(2))
                .results()
                .map(kind -> kind.group(1))
                .collect(toUnmodifiableSet());
        roles.kinds.put(role.group(1) + " " + objects.group(1), may);
      }
    }
    return roles;
  }

  /// @param action `Get`, which a head needs as well, or `Put`
  boolean allow(String function, String action, String key) {
    return kinds.getOrDefault(function + " " + action, Set.of()).contains(key.split("/", 2)[0]);
  }
}
