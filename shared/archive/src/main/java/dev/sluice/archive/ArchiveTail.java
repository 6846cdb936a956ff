package dev.sluice.archive;

import dev.sluice.async.Run;
import dev.sluice.flow.Archived;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Leftover;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Visit;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.netpreserve.jwarc.WarcMetadata;
import org.netpreserve.jwarc.WarcReader;

/// The leftovers of an archive, read from its end alone: they are its last record, so nobody has to
/// read 128 MB for them.
///
/// Nothing outside the archive tells where the last record begins. It is the gzip member that ends
/// exactly where the archive does: its trailer holds a checksum and a length, so that no other
/// place can pass for its beginning.
///
/// @param offset of the leftovers record, in bytes; 0 without one
/// @param length of its gzip member; 0 without one
public record ArchiveTail(List<Leftover> leftovers, long offset, long length) {
  /// Enough for the leftovers of most tasks.
  private static final long FIRST_BYTES = 64 * 1024;

  private static final int MORE = 16;
  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;
  private static final ArchiveTail NOTHING = new ArchiveTail(List.of(), 0, 0);

  public ArchiveTail {
    leftovers = List.copyOf(leftovers);
  }

  /// The archive of this task, by the leftovers at its end.
  public Archived of(FetchTask task) {
    return Archived.of(task, leftovers, offset, length);
  }

  /// Reads the end of an archive; empty if there is none.
  ///
  /// @return fails with an `IOException` that names the key if the object is no archive of ours
  public static CompletionStage<Optional<ArchiveTail>> read(
      ObjectStore store, String key, Run run) {
    return run.resume(store.head(key))
        .thenCompose(head ->
            head.isPresent()
                ? read(store, key, head.get().size(), FIRST_BYTES, run).thenApply(Optional::of)
                : CompletableFuture.completedFuture(Optional.empty()));
  }

  /// Puts an archive that is made without asking for a URL, unless the task has an archive.
  ///
  /// @param visits of the lines that end
  /// @param leftovers of the others
  /// @return the archive of the task, whoever put it
  public static CompletionStage<Archived> putOnce(
      ObjectStore store, FetchTask task, List<Visit> visits, List<Leftover> leftovers, Run run) {
    var key = Keys.archive(task.job(), task.part(), task.task());
    return run.cpu()
        .submit(() -> new Records(key).archive(visits, leftovers, run.now()))
        .thenCompose(archive -> run.resume(store.putOnce(key, archive)))
        .thenCompose(_ -> read(store, key, run))
        .thenApply(tail -> tail.orElseThrow().of(task));
  }

  private static CompletionStage<ArchiveTail> read(
      ObjectStore store, String key, long size, long bytes, Run run) {
    var from = Math.max(0, size - bytes);
    return run.resume(store.get(key, from, Math.max(1, size - from)))
        .thenCompose(piece ->
            run.cpu()
                .submit(() ->
                    last(
                        key,
                        piece.orElseThrow(() -> new IOException(key + " is missing")).bytes(),
                        from)))
        .thenCompose(tail -> {
          if (tail.isPresent()) {
            return CompletableFuture.completedFuture(tail.get());
          }
          return from == 0
              ? CompletableFuture.failedFuture(
                  new IOException("archive " + key + " does not end with a whole record"))
              : read(store, key, size, bytes * MORE, run);
        });
  }

  /// The last whole member; empty if none ends with these bytes.
  private static Optional<ArchiveTail> last(String key, byte[] bytes, long from)
      throws IOException {
    for (var at = bytes.length - HEADER_BYTES - TRAILER_BYTES; at >= 0; at--) {
      if (begins(bytes, at)) {
        var record = inflated(bytes, at);
        if (record.isPresent()) {
          return Optional.of(tail(key, record.get(), from + at, bytes.length - at));
        }
      }
    }
    return Optional.empty();
  }

  private static ArchiveTail tail(String key, byte[] record, long offset, long length)
      throws IOException {
    try (var reader = new WarcReader(Channels.newChannel(new ByteArrayInputStream(record)))) {
      return reader.next().orElse(null) instanceof WarcMetadata metadata
              && ArchiveReader.isLeftovers(metadata)
          ? new ArchiveTail(
              ArchiveReader.leftovers(metadata.body().stream().readAllBytes()), offset, length)
          : NOTHING;
    } catch (IllegalArgumentException broken) {
      throw new IOException("leftovers of " + key + ": " + broken.getMessage(), broken);
    }
  }

  /// RFC 1952: the magic number, deflate, and no optional field, as our members have none.
  private static boolean begins(byte[] bytes, int at) {
    return bytes[at] == 0x1f
        && bytes[at + 1] == (byte) 0x8b
        && bytes[at + 2] == 8
        && bytes[at + 3] == 0;
  }

  /// Inflates the member that begins at `at` and ends with these bytes; empty if none does.
  private static Optional<byte[]> inflated(byte[] bytes, int at) {
    var end = bytes.length - TRAILER_BYTES;
    var out = new ByteArrayOutputStream();
    try (var inflater = new Inflater(true)) {
      inflater.setInput(bytes, at + HEADER_BYTES, end - at - HEADER_BYTES);
      var buffer = new byte[8 * 1024];
      while (!inflater.finished()) {
        var inflated = inflater.inflate(buffer);
        if (inflated == 0 && !inflater.finished()) {
          return Optional.empty();
        }
        out.write(buffer, 0, inflated);
      }
      if (inflater.getRemaining() > 0) {
        return Optional.empty();
      }
    } catch (DataFormatException noMember) {
      return Optional.empty();
    }
    var record = out.toByteArray();
    var crc = new CRC32();
    crc.update(record);
    var trailer =
        ByteBuffer.wrap(Arrays.copyOfRange(bytes, end, bytes.length))
            .order(ByteOrder.LITTLE_ENDIAN);
    return trailer.getInt() == (int) crc.getValue() && trailer.getInt() == record.length
        ? Optional.of(record)
        : Optional.empty();
  }
}
