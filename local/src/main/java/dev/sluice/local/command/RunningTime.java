package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Json;
import dev.sluice.flow.JobId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.LongSupplier;

/// How long a job has run on this machine, pauses between runs left out: `jobs/{job}/ran.json`.
///
/// It is saved every second, so a killed run counts up to a second less than it took. While it is
/// open the file is locked: a job is run by one process at a time.
final class RunningTime implements AutoCloseable {
  /// No deadline at all.
  static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

  private static final long SAVE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int BYTES = 64;

  private final FileChannel file;
  private final LongSupplier nanoClock;
  private final Duration before;
  private final long begun;
  private long saved;

  private RunningTime(FileChannel file, Duration before, LongSupplier nanoClock) {
    this.file = file;
    this.before = before;
    this.nanoClock = nanoClock;
    begun = nanoClock.getAsLong();
    saved = begun;
  }

  /// Goes on from what was saved, or from zero.
  ///
  /// @throws CommandRefused if another run of the job is under way
  static RunningTime open(Path folder, JobId job, LongSupplier nanoClock) throws IOException {
    var path = folder.resolve("jobs").resolve(job.name()).resolve("ran.json");
    Files.createDirectories(path.getParent());
    var file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (!isOurs(file)) {
      file.close();
      throw CommandRefused.usage(
          "--job " + job + " in " + folder + " is being run by another process");
    }
    return new RunningTime(file, read(file), nanoClock);
  }

  private static boolean isOurs(FileChannel file) throws IOException {
    try {
      return file.tryLock() != null;
    } catch (OverlappingFileLockException hereAlready) {
      return false;
    }
  }

  /// A file without a number, as after the machine lost power, counts for zero.
  private static Duration read(FileChannel file) throws IOException {
    var bytes = ByteBuffer.allocate(BYTES);
    file.read(bytes, 0);
    try {
      var text = new String(bytes.array(), 0, bytes.position(), UTF_8);
      return Duration.ofMillis(Math.max(0, Json.tree(text).path("ran_ms").asLong()));
    } catch (IllegalArgumentException nothing) {
      return Duration.ZERO;
    }
  }

  /// The time in all runs so far.
  Duration total() {
    return before.plusNanos(nanoClock.getAsLong() - begun);
  }

  /// When a deadline that counts running time falls, if the job goes on without a pause.
  Instant deadline(Duration runningTime, Instant now) {
    return now.plus(runningTime.minus(total()));
  }

  /// Saves it if the last time is a second ago.
  void tick() throws IOException {
    if (nanoClock.getAsLong() - saved >= SAVE_NANOS) {
      save();
    }
  }

  /// Always as many bytes, so that one write replaces another as a whole.
  private void save() throws IOException {
    saved = nanoClock.getAsLong();
    var text = String.format(Locale.ROOT, "{\"ran_ms\":%16d}\n", total().toMillis());
    file.write(ByteBuffer.wrap(text.getBytes(UTF_8)), 0);
  }

  @Override
  public void close() throws IOException {
    try (file) {
      save();
    }
  }
}
