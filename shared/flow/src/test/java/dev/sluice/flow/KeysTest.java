package dev.sluice.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {
  private final JobId job = new JobId("spring-2026");

  @Test
  void theKeysAreThoseThatAUserSees() {
    var task = TaskId.planned(7).child(2);

    assertThat(Keys.manifest(job, true)).isEqualTo("manifests/spring-2026.txt.gz");
    assertThat(Keys.plan(job, 3)).isEqualTo("plan/spring-2026/00003.json.gz");
    assertThat(Keys.archive(job, 3, task)).isEqualTo("warc/spring-2026/00003/0007.2-1.warc.gz");
    assertThat(Keys.index(job, 3, task)).isEqualTo("warc/spring-2026/00003/0007.2-1.cdxj");
    assertThat(Keys.rows(job, 3, task)).isEqualTo("rows/spring-2026/00003/0007.2-1.jsonl.gz");
    assertThat(Keys.splitRows(job, 3)).isEqualTo("rows/spring-2026/00003/split.jsonl.gz");
    assertThat(Keys.ledger(job)).isEqualTo("jobs/spring-2026/ledger.json");
    assertThat(Keys.report(job)).isEqualTo("report/spring-2026/index.html");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aManifestNamesItsJob(boolean gzip) {
    assertThat(Keys.jobOf(Keys.manifest(job, gzip))).isEqualTo(job);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"manifests/a.csv", "rows/a.txt", "manifests/.txt", "manifests/x/y.txt", "a.txt"})
  void whatIsNoManifestNamesTheKey(String key) {
    assertThatThrownBy(() -> Keys.jobOf(key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got \"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "-a", "a/b", "a b", "ü", "../x"})
  void aJobThatIsNoFileNameIsRefused(String name) {
    assertThatThrownBy(() -> new JobId(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got \"" + name + "\"");
  }

  @Test
  void aTasksRoundIsItsDepth() {
    assertThat(TaskId.planned(12).round()).isZero();
    assertThat(TaskId.planned(12).child(1).child(3)).isEqualTo(new TaskId("0012.1.3"));
    assertThat(new TaskId("0012.1.3").round()).isEqualTo(2);
  }
}
