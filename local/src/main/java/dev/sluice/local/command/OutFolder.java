package dev.sluice.local.command;

import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/// The folder of `--out`: the checks before a run, and the removal of files that one left half
/// written.
final class OutFolder {
  /// The name of a file that S3Proxy has not yet finished: the key, a dash and a UUID.
  private static final Pattern HALF_WRITTEN =
      Pattern.compile(".+-\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  private static final Duration SURELY_DEAD = Duration.ofMinutes(1);

  private OutFolder() {}

  /// Refuses a folder that cannot be written, and creates nothing.
  static void check(Path folder) {
    var parent = folder.toAbsolutePath().normalize().getParent();
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw CommandRefused.usage("--out must be a folder, got the file " + folder);
    }
    if (!Files.exists(folder) && (parent == null || !Files.isDirectory(parent))) {
      throw CommandRefused.usage("--out must lie in a folder that is there, got " + folder);
    }
    var written = Files.exists(folder) ? folder : parent;
    try {
      Files.delete(Files.createTempFile(written, ".sluice-", ""));
    } catch (IOException unwritable) {
      throw CommandRefused.usage(
          "--out must be a folder that can be written, got " + folder + reason(unwritable));
    }
  }

  private static String reason(IOException unwritable) {
    return unwritable instanceof FileSystemException file && file.getReason() != null
        ? " (" + file.getReason() + ")"
        : "";
  }

  /// Refuses to run another list under the name of a job that is there.
  static void refuseAnotherList(Path folder, JobId job, Path list) throws IOException {
    for (var gzip : List.of(false, true)) {
      var there = folder.resolve(Keys.manifest(job, gzip));
      if (Files.exists(there) && (gzip != Job.isGzip(list) || Files.mismatch(there, list) >= 0)) {
        throw CommandRefused.usage(
            "--job " + job + " in " + folder + " has another list; give another --job or --out");
      }
    }
  }

  /// Removes the files that a killed run had not finished. Nobody else runs this job.
  static void sweep(Path folder, JobId job) throws IOException {
    for (var root : List.of("plan", "rows", "warc", "jobs", "report")) {
      sweep(folder.resolve(root).resolve(job.name()), (_, _) -> true);
    }
    // Other jobs put objects there too: only files of this job go, and those too old to be
    // anybody's.
    var dead = Instant.now().minus(SURELY_DEAD);
    for (var root : List.of("manifests", "hosts")) {
      sweep(folder.resolve(root), (file, at) -> isOurs(file, job) || at.isBefore(dead));
    }
  }

  private static void sweep(Path root, BiPredicate<Path, Instant> which) throws IOException {
    if (!Files.isDirectory(root)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes is) throws IOException {
            if (is.isRegularFile()
                && HALF_WRITTEN.matcher("" + file.getFileName()).matches()
                && which.test(file, is.lastModifiedTime().toInstant())) {
              Files.deleteIfExists(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failed) throws IOException {
            if (failed instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // another job has just given it its name
            }
            throw failed;
          }
        });
  }

  private static boolean isOurs(Path file, JobId job) {
    var key = Keys.MANIFESTS + file.getFileName();
    return key.startsWith(Keys.manifest(job, false) + "-")
        || key.startsWith(Keys.manifest(job, true) + "-");
  }
}
