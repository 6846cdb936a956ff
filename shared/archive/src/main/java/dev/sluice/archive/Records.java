package dev.sluice.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.flow.Leftover;
import dev.sluice.flow.Visit;
import dev.sluice.flow.Web;
import dev.sluice.flow.url.WebUrl;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Encodes the WARC records of an archive; every method is a pure function that may run on any
/// thread.
///
/// Record ids follow from the archive's key and the record's name within it, so that the same round
/// encoded twice names its records alike.
///
/// It writes the fields itself: jwarc's builders sort them by name, so that the same record would
/// have other bytes than in the archives that are there.
public final class Records {
  /// The target URI of a leftovers record.
  static final String LEFTOVERS_URI = "urn:sluice:leftovers";

  private static final int MEMORY_BODY_BYTES = 256 * 1024;
  private static final String HTTP = "application/http;msgtype=";

  private final String key;

  /// Encodes records of the archive with this key.
  public Records(String key) {
    this.key = key;
  }

  /// An exchange as two records.
  ///
  /// @param encoded the request and the response
  /// @param responseId of the response record
  /// @param digest of the body as archived
  public record ArchivedExchange(Encoded encoded, String responseId, String digest) {}

  /// The block of a leftovers record.
  record LeftoverBlock(List<Leftover> leftovers) {
    LeftoverBlock {
      leftovers = List.copyOf(leftovers);
    }
  }

  /// The warcinfo record, the first of an archive.
  ///
  /// @param userAgent of the crawler; empty for none
  public byte[] info(Instant date, String userAgent) throws IOException {
    var fields =
        "software: Sluice\r\nformat: WARC File Format 1.1\r\n"
            + (userAgent.isEmpty() ? "" : "http-header-user-agent: " + checked(userAgent) + "\r\n");
    var header =
        header("warcinfo", id("info"), date)
            + "Content-Type: application/warc-fields\r\n"
            + "WARC-Filename: "
            + checked(key.substring(key.lastIndexOf('/') + 1))
            + "\r\n";
    return member(header, fields.getBytes(UTF_8));
  }

  /// A whole archive of lines that were not asked for. It names no user agent.
  public byte[] archive(List<Visit> visits, List<Leftover> leftovers, Instant date)
      throws IOException {
    var all = new ByteArrayOutputStream();
    all.writeBytes(info(date, ""));
    for (var visit : visits) {
      all.writeBytes(visit(visit, null, date));
    }
    if (!leftovers.isEmpty()) {
      all.writeBytes(leftovers(leftovers, date));
    }
    return all.toByteArray();
  }

  /// The request and the response of an exchange.
  ///
  /// @param name within the archive, as `{line}-{hop}`
  /// @param temp the folder in which a large exchange becomes a file
  /// @throws IOException if the body cannot be read, or if a large exchange cannot be written to a
  ///   file
  public ArchivedExchange exchange(String name, WebUrl url, Web.Reply.Response response, Path temp)
      throws IOException {
    var responseId = id(name + "-response");
    var body = response.body();
    var payload = sha1();
    var block = sha1();
    block.update(response.responseHead());
    try (var in = body.open()) {
      var buffer = new byte[16 * 1024];
      for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        payload.update(buffer, 0, read);
        block.update(buffer, 0, read);
      }
    }
    var digest = named(payload);
    var about =
        "WARC-Target-URI: "
            + checked(url.href())
            + "\r\nWARC-IP-Address: "
            + checked(response.ip())
            + "\r\n";
    var request =
        member(
            header("request", id(name + "-request"), response.at())
                + about
                + "WARC-Concurrent-To: "
                + responseId
                + "\r\nContent-Type: "
                + HTTP
                + "request\r\n",
            response.requestHead());
    var truncated = response.truncated();
    var head =
        header("response", responseId, response.at())
            + about
            + (truncated == null ? "" : "WARC-Truncated: " + checked(truncated) + "\r\n")
            + "WARC-Payload-Digest: "
            + digest
            + "\r\nWARC-Block-Digest: "
            + named(block)
            + "\r\nContent-Type: "
            + HTTP
            + "response\r\n";
    if (body.length() <= MEMORY_BODY_BYTES) {
      var bytes = new ByteArrayOutputStream();
      bytes.write(request);
      response(bytes, head, response);
      return new ArchivedExchange(Encoded.of(bytes.toByteArray()), responseId, digest);
    }
    var file = Files.createTempFile(temp, "record-", ".gz");
    try (var out = Files.newOutputStream(file)) {
      out.write(request);
      response(out, head, response);
    } catch (IOException | RuntimeException failed) {
      Files.deleteIfExists(file);
      throw failed;
    }
    return new ArchivedExchange(Encoded.of(file), responseId, digest);
  }

  /// Closes `out`, which alone frees the memory of the compressor, 270 KB outside the heap.
  private static void response(OutputStream out, String header, Web.Reply.Response response)
      throws IOException {
    var length = response.responseHead().length + response.body().length();
    try (var gzip = new GZIPOutputStream(out, 8 * 1024);
        var in = response.body().open()) {
      gzip.write((header + "Content-Length: " + length + "\r\n\r\n").getBytes(UTF_8));
      gzip.write(response.responseHead());
      in.transferTo(gzip);
      gzip.write("\r\n\r\n".getBytes(UTF_8));
    }
  }

  /// The visit of a line; every line of the task that is not left over has one.
  ///
  /// @param responseId of its final response; null if none was archived
  public byte[] visit(Visit visit, @Nullable String responseId, Instant date) throws IOException {
    var header =
        header("metadata", id(visit.line() + "-visit"), date)
            + "WARC-Target-URI: urn:sluice:line:"
            + visit.line()
            + "\r\n"
            + (responseId == null ? "" : "WARC-Concurrent-To: " + responseId + "\r\n")
            + "Content-Type: application/json\r\n";
    return member(header, RowJson.write(visit).toString().getBytes(UTF_8));
  }

  /// The leftovers record, the last of an archive.
  public byte[] leftovers(List<Leftover> leftovers, Instant date) throws IOException {
    var header =
        header("metadata", id("leftovers"), date)
            + "WARC-Target-URI: "
            + LEFTOVERS_URI
            + "\r\nContent-Type: application/json\r\n";
    return member(header, Json.bytes(new LeftoverBlock(leftovers)));
  }

  private static byte[] member(String header, byte[] block) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      var digest = sha1();
      digest.update(block);
      gzip.write(
          (header
                  + "WARC-Block-Digest: "
                  + named(digest)
                  + "\r\nContent-Length: "
                  + block.length
                  + "\r\n\r\n")
              .getBytes(UTF_8));
      gzip.write(block);
      gzip.write("\r\n\r\n".getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static String header(String type, String id, Instant date) {
    return "WARC/1.1\r\nWARC-Type: "
        + type
        + "\r\nWARC-Record-ID: "
        + id
        + "\r\nWARC-Date: "
        + date.truncatedTo(ChronoUnit.MILLIS)
        + "\r\n";
  }

  private String id(String name) {
    return "<urn:uuid:" + UUID.nameUUIDFromBytes((key + "#" + name).getBytes(UTF_8)) + ">";
  }

  /// Refuses characters that could begin another field or another record.
  private static String checked(String value) {
    if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new IllegalArgumentException(
          "a WARC field must have no control characters, got \"" + value + "\"");
    }
    return value;
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException never) {
      throw new IllegalStateException("every JVM has SHA-1", never);
    }
  }

  private static String named(MessageDigest digest) {
    return "sha1:" + Base32.encode(digest.digest());
  }

  /// RFC 4648 section 6, for whole groups of five bytes as a SHA-1 has.
  private static final class Base32 {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    static String encode(byte[] bytes) {
      var text = new StringBuilder();
      long bits = 0;
      var count = 0;
      for (var b : bytes) {
        bits = bits << 8 | (b & 0xff);
        count += 8;
        while (count >= 5) {
          count -= 5;
          text.append(ALPHABET.charAt((int) (bits >> count) & 31));
        }
      }
      return text.toString();
    }
  }
}
