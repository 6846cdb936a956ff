package dev.sluice.archive;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// Gzipped JSON of records.
public final class Gzip {
  /// The most bytes that a record may inflate to.
  private static final int MAX_BYTES = 256 * 1024 * 1024;

  private Gzip() {}

  /// Gzipped JSON of a record.
  public static byte[] write(Record value) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(Json.bytes(value));
    }
    return bytes.toByteArray();
  }

  /// The record in gzipped JSON.
  ///
  /// @throws IOException if it is no gzip, or longer than 256 MB
  /// @throws IllegalArgumentException if it does not hold the record; names the field
  public static <T extends Record> T read(Class<T> type, byte[] gzipped) throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(gzipped))) {
      var bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("inflates to more than " + MAX_BYTES + " bytes");
      }
      return Json.read(type, bytes);
    }
  }
}
