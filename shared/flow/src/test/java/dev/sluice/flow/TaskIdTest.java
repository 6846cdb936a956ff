package dev.sluice.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskIdTest {
  private static final int MOST_OF_SQS = 128;
  private static final JobId LONGEST = new JobId("j".repeat(64));

  private static final Instant LATE = Instant.parse("9999-12-31T23:59:59Z");

  @Test
  void aTasksRoundIsItsDepthHoweverDeep() {
    var task = TaskId.planned(12);

    for (var round = 1; round <= 1_000; round++) {
      task = task.child(100);
      assertThat(task.round()).isEqualTo(round);
      assertThat(task.number()).isEqualTo(12);
      assertThat(task.name().length()).isLessThanOrEqualTo(TaskId.MAX_LENGTH);
      assertThat(new TaskId(task.name())).isEqualTo(task);
    }
  }

  @Test
  void aNameThatFitsSaysItsWholeDescent() {
    assertThat(TaskId.planned(7).child(2).child(13).name()).isEqualTo("0007.2.13");
  }

  @Test
  void aFoldedNameIsTheSameForTheSameGroupAndForNoOther() {
    var deep = new TaskId("0007" + ".1".repeat(18));

    assertThat(deep.child(1).name()).isEqualTo("0007_19.e31efcf12a341ca6ee7d");
    var names = new HashSet<TaskId>();
    for (var group = 1; group <= 1_000; group++) {
      names.add(deep.child(group));
      names.add(deep.child(1).child(group));
      names.add(deep.child(2).child(group));
    }
    assertThat(names).hasSize(3_000);
  }

  @Test
  void noDeduplicationIdIsLongerThanSqsTakes() {
    var task = new TaskId("123456789_123456789." + "f".repeat(20));
    var target = List.of(Target.first(1, "http://a.test/", "http://a.test/"));
    var part = Integer.MAX_VALUE;
    var group = 999_999_999;

    var messages =
        List.<Message>of(
            new SplitTask.Part(LONGEST, "m", "e", part, 0, 1, part, Instant.MAX),
            new SplitTask.Leftovers(LONGEST, part, task, group, 0, 1, Instant.MAX, Instant.MAX),
            new FetchTask(LONGEST, part, task, 0, target, Instant.MAX),
            new ExtractTask(LONGEST, part, task),
            new ReportTask.Planned(LONGEST, part, 0, Counts.NONE, 0, true, true, null),
            new ReportTask.RowsStored(LONGEST, part, task, Counts.NONE, 0),
            new ReportTask.HeldBack(LONGEST, new HeldBackTime(LATE, LATE, 1)),
            new ReportTask.Rebuild(LONGEST, "r".repeat(40), part, part));

    assertThat(messages)
        .allSatisfy(message ->
            assertThat(message.deduplicationId())
                .hasSizeLessThanOrEqualTo(MOST_OF_SQS)
                .matches("[a-z0-9_.-]+"));
  }

  /// Of ext4, APFS and NTFS; the folder's object is a file.
  @Test
  void noObjectIsAFileNameThatAFileSystemRefuses() {
    var task = new TaskId("123456789_123456789." + "f".repeat(20));

    assertThat(List.of(Keys.archive(LONGEST, 9, task), Keys.rows(LONGEST, 9, task)))
        .allSatisfy(key ->
            assertThat(List.of(key.split("/")))
                .allSatisfy(name -> assertThat(name.getBytes(UTF_8).length).isLessThan(255)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "0007.", "0007.x", "0007_1.abc", "0007.1_1.0123", "split"})
  void aNameThatIsNoneIsRefused(String name) {
    assertThatThrownBy(() -> new TaskId(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got \"" + name + "\"");
  }

  @Test
  void aNameThatIsTooLongIsRefused() {
    assertThatThrownBy(() -> new TaskId("0007" + ".1".repeat(19)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 40 characters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "a b", "12345678901234567890123456789012345678901"})
  void aReasonToRebuildThatMakesNoIdIsRefused(String reason) {
    assertThatThrownBy(() -> new ReportTask.Rebuild(LONGEST, reason))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got \"" + reason + "\"");
  }
}
