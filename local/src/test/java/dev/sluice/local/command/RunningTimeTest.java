package dev.sluice.local.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.flow.JobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How long a job has run, on a clock that is set by hand.
@NullUnmarked // set before each test
class RunningTimeTest {
  private static final JobId JOB = new JobId("spring");

  @TempDir Path folder;
  private long nanos;

  private RunningTime open() throws IOException {
    return RunningTime.open(folder, JOB, () -> nanos);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void runsAddUpAndPausesDoNot() throws IOException {
    try (var _ = open()) {
      pass(Duration.ofMinutes(5));
    }
    pass(Duration.ofDays(3));

    try (var second = open()) {
      pass(Duration.ofMinutes(2));

      assertThat(second.total()).isEqualTo(Duration.ofMinutes(7));
    }
  }

  @Test
  void aDeadlineIsAsFarAwayAsRunningTimeIsLeft() throws IOException {
    var now = Instant.parse("2026-01-01T00:00:00Z");
    try (var _ = open()) {
      pass(Duration.ofMinutes(5));
    }

    try (var second = open()) {
      assertThat(second.deadline(Duration.ofMinutes(8), now)).isEqualTo(now.plusSeconds(180));
      assertThat(second.deadline(Duration.ofMinutes(4), now)).isBefore(now);
    }
  }

  @Test
  void aKilledRunCountsToItsLastSecond() throws IOException {
    var killed = open();
    pass(Duration.ofMillis(900));
    killed.tick();
    pass(Duration.ofMillis(900));
    killed.tick();
    pass(Duration.ofMillis(900));
    killed.tick();

    // What the next process finds: the file, and no lock.
    var copy = Files.createDirectories(folder.resolve("copy/jobs/spring"));
    Files.copy(folder.resolve("jobs/spring/ran.json"), copy.resolve("ran.json"));
    try (var next = RunningTime.open(folder.resolve("copy"), JOB, () -> nanos)) {
      assertThat(next.total()).isEqualTo(Duration.ofMillis(1_800));
    }
    killed.close();
  }

  @Test
  void aFileThatSaysNothingCountsForZero() throws IOException {
    Files.createDirectories(folder.resolve("jobs/spring"));
    Files.write(folder.resolve("jobs/spring/ran.json"), new byte[28]);

    try (var time = open()) {
      assertThat(time.total()).isZero();
    }
  }

  @Test
  void aJobIsRunByOneAtATime() throws IOException {
    try (var _ = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(CommandRefused.class)
          .hasMessage("--job spring in " + folder + " is being run by another process");
    }

    open().close();
  }
}
