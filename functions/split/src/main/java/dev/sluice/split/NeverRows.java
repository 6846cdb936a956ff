package dev.sluice.split;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.edge.RowJson;
import dev.sluice.flow.Plan;
import dev.sluice.flow.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;

/// The rows of the lines that a plan never fetches, as a file of gzipped JSON lines: a function of
/// the plan as stored.
final class NeverRows {
  private static final byte[] NEWLINE = {'\n'};

  private NeverRows() {}

  static byte[] of(Plan plan) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      for (var never : plan.never()) {
        var row = RowJson.write(new Row(never.visit(), null, null));
        gzip.write(row.toString().getBytes(UTF_8));
        gzip.write(NEWLINE);
      }
    }
    return bytes.toByteArray();
  }
}
