package dev.sluice.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.flow.Row;
import dev.sluice.flow.Visit;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// The object of rows in the bucket: JSON lines, in one gzip member.
public final class RowFile {
  private RowFile() {}

  /// The bytes of these rows; the same for the same rows.
  public static byte[] write(List<Row> rows) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      for (var row : rows) {
        gzip.write((RowJson.write(row) + "\n").getBytes(UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  /// The visits of rows as stored.
  ///
  /// @throws IllegalArgumentException if a line is no row of ours; names the column
  public static List<Visit> visits(byte[] rows) throws IOException {
    var visits = new ArrayList<Visit>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(new ByteArrayInputStream(rows)), UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        visits.add(RowJson.visit(Json.tree(line)));
      }
    }
    return visits;
  }
}
