package dev.sluice.archive;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Appends encoded records to a temporary file. One owner calls it, one call after the other.
public final class ArchiveWriter implements AutoCloseable {
  private final Path folder;
  private final Path file;
  private final OutputStream out;
  private long length;

  private ArchiveWriter(Path folder) throws IOException {
    this.folder = folder;
    this.file = Files.createTempFile(folder, "archive-", ".warc.gz");
    this.out = new BufferedOutputStream(Files.newOutputStream(file), 64 * 1024);
  }

  /// Begins an empty archive, a new file in this folder.
  public static ArchiveWriter create(Path folder) throws IOException {
    return new ArchiveWriter(folder);
  }

  /// The folder that the archive is written in.
  public Path folder() {
    return folder;
  }

  /// Bytes so far: where the next record begins.
  public long length() {
    return length;
  }

  /// Appends and closes it.
  public void append(Encoded encoded) throws IOException {
    try (encoded) {
      encoded.writeTo(out);
      length += encoded.length();
    }
  }

  /// Appends a record in memory.
  public void append(byte[] member) throws IOException {
    out.write(member);
    length += member.length;
  }

  /// The whole file, complete on disk; nothing may be appended any more.
  public Path finish() throws IOException {
    out.close();
    return file;
  }

  /// Removes the file.
  @Override
  public void close() throws IOException {
    try {
      out.close();
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
