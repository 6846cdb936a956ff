package dev.sluice.submit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Json;
import dev.sluice.flow.Keys;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;

/// The manifests that a notification of S3 names as created.
///
/// @param manifests keys, decoded
record CreatedManifests(List<String> manifests) {
  CreatedManifests {
    manifests = List.copyOf(manifests);
  }

  /// Reads the body of a message. S3's test event, which it sends once, names no object.
  ///
  /// @throws IllegalArgumentException if it is no such event, or a key is no manifest's
  static CreatedManifests read(String body) {
    var event = Json.tree(body);
    if (event.path("Event").asText().equals("s3:TestEvent")) {
      return new CreatedManifests(List.of());
    }
    if (!event.path("Records").isArray()) {
      throw new IllegalArgumentException("\"Records\" is missing");
    }
    var keys = new ArrayList<String>();
    for (var record : event.path("Records")) {
      var key = record.path("s3").path("object").path("key").asText();
      var decoded = URLDecoder.decode(key, UTF_8); // `+` and %20 alike
      Keys.jobOf(decoded);
      keys.add(decoded);
    }
    return new CreatedManifests(keys);
  }
}
