package dev.sluice.archive;

import dev.sluice.flow.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletionException;

/// An object as a stream, in ranged reads of 4 MB. Blocks: for an offload.
public final class StoreStream extends InputStream {
  private static final int CHUNK_BYTES = 4 * 1024 * 1024;

  private final ObjectStore store;
  private final String key;
  private final String etag;
  private long offset;
  private InputStream chunk = InputStream.nullInputStream();
  private boolean ended;

  /// The object was replaced while it was read.
  public static final class Changed extends IOException {
    private static final long serialVersionUID = 1;

    Changed(String sentence) {
      super(sentence);
    }
  }

  /// @param etag which the object must have at every read
  /// @param offset to begin at, in bytes
  public StoreStream(ObjectStore store, String key, String etag, long offset) {
    this.store = store;
    this.key = key;
    this.etag = etag;
    this.offset = offset;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      var read = chunk.read(into, from, length);
      if (read >= 0) {
        return read;
      }
      if (ended) {
        return -1;
      }
      next();
    }
  }

  private void next() throws IOException {
    ObjectStore.Piece piece;
    try {
      piece =
          store
              .get(key, offset, CHUNK_BYTES)
              .join()
              .orElseThrow(() -> new Changed(key + " is not there any more"));
    } catch (CompletionException failed) {
      throw new IOException(key + " cannot be read at byte " + offset, failed.getCause());
    }
    if (!piece.etag().equals(etag)) {
      throw new Changed(
          key + " must not change while its job runs; it was " + etag + ", is " + piece.etag());
    }
    offset += piece.bytes().length;
    ended = piece.bytes().length == 0 || offset >= piece.size();
    chunk = new ByteArrayInputStream(piece.bytes());
  }
}
