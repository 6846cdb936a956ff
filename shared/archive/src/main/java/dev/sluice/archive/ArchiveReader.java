package dev.sluice.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.flow.Leftover;
import dev.sluice.flow.Row;
import dev.sluice.flow.Visit;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.netpreserve.jwarc.WarcMetadata;
import org.netpreserve.jwarc.WarcReader;
import org.netpreserve.jwarc.WarcRecord;
import org.netpreserve.jwarc.WarcResponse;

/// Reads an archive back. Blocks: for an offload.
public final class ArchiveReader {
  /// The visit of a line, and the place of its response if there is one.
  public record ArchivedVisit(Visit visit, Row.@Nullable Place place) {}

  /// The contents of an archive, without its responses.
  ///
  /// @param leftoversOffset of the leftovers record, in bytes; 0 without one
  /// @param leftoversLength of its gzip member; 0 without one
  public record Contents(
      List<ArchivedVisit> entries,
      List<Leftover> leftovers,
      long leftoversOffset,
      long leftoversLength) {
    public Contents {
      entries = List.copyOf(entries);
      leftovers = List.copyOf(leftovers);
    }
  }

  private ArchiveReader() {}

  /// Reads the whole file.
  ///
  /// @param key of the archive, for places and errors
  /// @throws IOException if it is no archive of ours; names key and offset
  public static Contents read(Path file, String key) throws IOException {
    var places = new HashMap<URI, Row.Place>();
    var visits = new ArrayList<UnplacedVisit>();
    List<Leftover> leftovers = List.of();
    long leftoversOffset = 0;
    long leftoversLength = 0;
    long offset = 0;
    try (var reader = new WarcReader(FileChannel.open(file))) {
      var record = reader.next().orElse(null);
      while (record != null) {
        offset = reader.position();
        byte[] json = null;
        if (record instanceof WarcMetadata) {
          json = record.body().stream().readAllBytes();
        }
        var id = record.id();
        var kind = record;
        var next = reader.next().orElse(null);
        var length = (next == null ? Files.size(file) : reader.position()) - offset;
        if (kind instanceof WarcResponse) {
          places.put(id, new Row.Place(key, offset, length));
        } else if (json != null && isLeftovers(kind)) {
          leftovers = leftovers(json);
          leftoversOffset = offset;
          leftoversLength = length;
        } else if (json != null) {
          var visit = RowJson.visit(Json.tree(new String(json, UTF_8)));
          visits.add(new UnplacedVisit(visit, concurrentTo(kind)));
        }
        record = next;
      }
    } catch (IOException | IllegalArgumentException broken) {
      throw new IOException(
          "archive " + key + " cannot be read at byte " + offset + ": " + broken.getMessage(),
          broken);
    }
    return new Contents(
        visits.stream().map(visit -> visit.at(places)).toList(),
        leftovers,
        leftoversOffset,
        leftoversLength);
  }

  private record UnplacedVisit(Visit visit, @Nullable URI response) {
    ArchivedVisit at(Map<URI, Row.Place> places) {
      return new ArchivedVisit(visit, response == null ? null : places.get(response));
    }
  }

  private static @Nullable URI concurrentTo(WarcRecord record) {
    return record
        .headers()
        .first("WARC-Concurrent-To")
        .map(id -> URI.create(id.substring(1, id.length() - 1)))
        .orElse(null);
  }

  static boolean isLeftovers(WarcRecord record) {
    return record
        .headers()
        .first("WARC-Target-URI")
        .filter(Records.LEFTOVERS_URI::equals)
        .isPresent();
  }

  /// The response at a place; its body is read from the file, which stays the caller's.
  ///
  /// @throws IOException if no response begins there
  public static WarcResponse response(FileChannel file, Row.Place place) throws IOException {
    file.position(place.warcRecordOffset());
    var reader = new WarcReader(file);
    if (reader.next().orElse(null) instanceof WarcResponse response) {
      return response;
    }
    throw new IOException("no response at " + place);
  }

  /// Reads a leftovers record from its own bytes.
  ///
  /// @throws IOException if the bytes are no such record
  public static List<Leftover> leftovers(String key, byte[] member) throws IOException {
    try (var reader = new WarcReader(Channels.newChannel(new ByteArrayInputStream(member)))) {
      if (reader.next().orElse(null) instanceof WarcMetadata record && isLeftovers(record)) {
        return leftovers(record.body().stream().readAllBytes());
      }
    } catch (IllegalArgumentException broken) {
      throw new IOException("leftovers of " + key + ": " + broken.getMessage(), broken);
    }
    throw new IOException("no leftovers record at the given range of " + key);
  }

  static List<Leftover> leftovers(byte[] json) {
    return Json.read(Records.LeftoverBlock.class, json).leftovers();
  }
}
