package dev.sluice.edge;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The temporary files of one execution environment, in a folder of its own.
///
/// An environment has one disk for all of its invocations, and Lambda leaves that disk as it is
/// even when it starts the process anew. So no file may outlive its invocation: [#use] removes the
/// files that an earlier invocation left, and [#open] removes the folders of processes that have
/// ended. A process holds a file lock in its folder as long as it lives; process ids would not
/// tell, because Lambda gives a new process the id of the old one.
public final class TempFolder implements AutoCloseable {
  private static final String PREFIX = "sluice-temp-";
  private static final String LOCK = "lock";
  private static final String FILES = "files";

  /// The room to read an archive back: most archives are smaller, and the largest have 128 MB.
  public static final long ARCHIVE_BYTES = 16L * 1024 * 1024;

  private static final int TRIED_BYTES = 64 * 1024;

  /// The folders of this process. Nothing here may open their lock files: POSIX drops all locks of
  /// a process on a file when the process closes any channel to it.
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileLock lock;

  @GuardedBy("this")
  private int invocations;

  /// An invocation that uses the folder.
  public interface Use extends AutoCloseable {
    @Override
    void close();
  }

  private TempFolder(Path folder, FileLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /// A new folder in the JVM's `java.io.tmpdir`.
  ///
  /// @throws UncheckedIOException if no folder can be made there
  public static TempFolder open() {
    return open(Path.of(System.getProperty("java.io.tmpdir")));
  }

  static TempFolder open(Path under) {
    try {
      var parent = under.toRealPath();
      for (var other : in(parent)) {
        if (other.getFileName().toString().startsWith(PREFIX)
            && !OURS.contains(other)
            && hasNoOwner(other)) {
          remove(other);
        }
      }
      // The folder gets its name when its lock is held, so that nobody takes it for one without an
      // owner.
      var made = Files.createTempDirectory(parent, "sluice-new-");
      Files.createDirectory(made.resolve(FILES));
      var lock = lock(made);
      if (lock == null) {
        throw new IOException("another process has locked " + made);
      }
      var name = made.getFileName().toString().replaceFirst("^sluice-new-", PREFIX);
      var named = parent.resolve(name);
      OURS.add(named);
      return new TempFolder(Files.move(made, named), lock);
    } catch (IOException failed) {
      throw new UncheckedIOException("no temporary folder in " + under + ": " + failed, failed);
    }
  }

  private static boolean hasNoOwner(Path folder) {
    try {
      var lock = lock(folder);
      if (lock != null) {
        lock.acquiredBy().close();
      }
      return lock != null;
    } catch (IOException | OverlappingFileLockException anothers) {
      return false; // another user's, or being made in this process under another path
    }
  }

  private static @Nullable FileLock lock(Path folder) throws IOException {
    var file =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      var lock = file.tryLock();
      if (lock == null) {
        file.close();
      }
      return lock;
    } catch (IOException | RuntimeException failed) {
      file.close();
      throw failed;
    }
  }

  /// The folder for files while an invocation runs.
  public Path path() {
    return folder.resolve(FILES);
  }

  /// Begins an invocation, which ends when the use is closed. The first of those that run side by
  /// side finds no file: the files of an invocation that was killed, or did not end in time, are
  /// removed, for nobody will read them.
  public synchronized Use use() {
    if (invocations++ == 0) {
      in(path()).forEach(TempFolder::remove);
    }
    return this::used;
  }

  private synchronized void used() {
    invocations--;
  }

  /// Writes a small file and removes it, and checks the room on the disk; see [Health#check].
  ///
  /// @param leastBytes the room that one task may need at once
  public void check(long leastBytes) throws IOException {
    var file = Files.createTempFile(path(), "check-", "");
    try {
      Files.write(file, new byte[TRIED_BYTES]);
    } finally {
      Files.deleteIfExists(file);
    }
    var free = Files.getFileStore(path()).getUsableSpace();
    if (free < leastBytes) {
      throw new IOException(
          "the disk of the temporary folder "
              + folder.getParent()
              + " must have "
              + leastBytes
              + " bytes free, got "
              + free);
    }
  }

  private static List<Path> in(Path folder) {
    try (var files = Files.list(folder)) {
      return files.toList();
    } catch (IOException | UncheckedIOException unreadable) {
      return List.of(); // a write there will fail, and say why
    }
  }

  /// Removes a folder; a file that cannot be removed is another user's, or gone already.
  private static void remove(Path root) {
    try (var files = Files.walk(root)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException left) {
      return;
    }
  }

  /// Removes the folder.
  @Override
  public void close() {
    remove(folder);
    try {
      lock.acquiredBy().close();
    } catch (IOException closed) {
      return; // the lock ends with the process at the latest
    } finally {
      OURS.remove(folder);
    }
  }
}
