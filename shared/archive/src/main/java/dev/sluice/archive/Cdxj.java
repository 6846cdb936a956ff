package dev.sluice.archive;

import dev.sluice.flow.Row;
import dev.sluice.flow.url.Parsed;
import dev.sluice.flow.url.WebUrl;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The index of an archive: a sorted line for each response, in the form that web archives share:
/// SURT, 14-digit time, JSON.
final class Cdxj {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Cdxj() {}

  static String index(List<Row> rows) {
    var lines = new ArrayList<String>();
    for (var row : rows) {
      line(row).ifPresent(lines::add);
    }
    Collections.sort(lines);
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  private static Optional<String> line(Row row) {
    var place = row.place();
    var visit = row.visit();
    if (place == null || visit.urlFinal() == null || visit.fetchTime() == null) {
      return Optional.empty();
    }
    var filename = place.warcFilename();
    var json =
        Json.object()
            .put("url", visit.urlFinal())
            .put("mime", visit.contentMimeType() == null ? "unk" : visit.contentMimeType())
            .put("status", String.valueOf(visit.fetchStatus()))
            .put("digest", visit.contentDigest())
            .put("length", "" + place.warcRecordLength())
            .put("offset", "" + place.warcRecordOffset())
            .put("filename", filename.substring(filename.lastIndexOf('/') + 1));
    return Optional.of(surt(visit.urlFinal()) + " " + STAMP.format(visit.fetchTime()) + " " + json);
  }

  /// The URL with its host reversed, and path and query in lower case, so that a site sorts
  /// together.
  private static String surt(String url) {
    Parsed parsed = WebUrl.parse(url);
    if (!(parsed instanceof WebUrl web)) {
      return url;
    }
    var host = web.host();
    if (!web.hasAddress()) {
      var labels = new ArrayList<>(List.of(host.split("\\.")));
      Collections.reverse(labels);
      host = String.join(",", labels);
      if (host.endsWith(",www")) {
        host = host.substring(0, host.length() - 4);
      }
    }
    var port = web.authority().equals(web.host()) ? "" : ":" + web.port();
    return host + port + ")" + web.pathAndQuery().toLowerCase(Locale.ROOT);
  }
}
