package dev.sluice.split;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.JobId;
import dev.sluice.flow.Plan;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Target;
import dev.sluice.flow.url.AddressRules;
import dev.sluice.flow.url.UrlRules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartReaderTest {
  private static final UrlRules RULES = UrlRules.of(AddressRules.opening(""), "");
  private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

  @Test
  void blankLinesAndCommentsAreNotAcceptedAndAllOthersAre() throws IOException {
    var plan =
        plan("\uFEFFhttp://a.test/\r\n\n  # no\n   \n\tgarbage \nftp://b.test/\nhttp://c.test/x");

    assertThat(plan.accepted()).isEqualTo(4);
    assertThat(plan.counts().faults()).containsEntry("bad_url", 1L).containsEntry("scheme", 1L);
    assertThat(targets(plan)).extracting(Target::line).containsExactlyInAnyOrder(1L, 7L);
    assertThat(plan.last()).isTrue();
  }

  @Test
  void aBareCarriageReturnEndsNothing() throws IOException {
    assertThat(plan("http://a.test/\rhttp://b.test/\n").accepted()).isEqualTo(1);
  }

  @Test
  void aCommentIsNotAcceptedWhateverBytesItHas() throws IOException {
    var bytes = (" # caf\u00e9\n#" + "x".repeat(9_000) + "\nhttp://a.test/\n").getBytes(ISO_8859_1);

    var plan = read(new ByteArrayInputStream(bytes), part(0, 1), 100);

    assertThat(plan.accepted()).isEqualTo(1);
    assertThat(targets(plan)).extracting(Target::line).containsExactly(3L);
  }

  @Test
  void aLineThatIsTooLongOrNotUtf8IsARow() throws IOException {
    var bytes =
        ("http://a.test/" + "x".repeat(9_000) + "\nhttp://b.test/\u00e9\n").getBytes(ISO_8859_1);

    var plan = read(new ByteArrayInputStream(bytes), part(0, 1), 100);

    assertThat(plan.accepted()).isEqualTo(2);
    assertThat(plan.counts().faults()).containsEntry("bad_line", 2L);
  }

  @Test
  void theSameUrlAgainNamesTheSmallerLine() throws IOException {
    var plan = plan("http://a.test/\nhttp://A.test:80/#top\nhttp://a.test/b\n");

    assertThat(plan.counts().duplicate()).isEqualTo(1);
    assertThat(targets(plan)).extracting(Target::line).containsExactly(1L, 3L);
  }

  @Test
  void partsOfTheSameListAreTheSameWhereverTheyAreCut() throws IOException {
    var list = new StringBuilder();
    for (var i = 0; i < 1_000; i++) {
      list.append("http://h").append(i % 17).append(".test/").append(i % 300).append('\n');
    }
    var bytes = list.toString().getBytes(UTF_8);
    var earlier = new ArrayList<byte[]>();
    long offset = 0;
    long line = 1;
    long accepted = 0;
    long duplicates = 0;
    for (var more = true; more; ) {
      var in = new ByteArrayInputStream(bytes);
      in.skipNBytes(offset);
      var reader = new PartReader(part(offset, line), RULES, 128, 16, null);
      var urls = reader.read(() -> in);
      earlier.forEach(urls::compare);
      var plan = reader.plan();
      earlier.add(plan.keyBytes());
      accepted += plan.accepted();
      duplicates += plan.counts().duplicate();
      offset = plan.nextOffset();
      line = plan.nextLine();
      more = !plan.last();
    }
    var whole = read(new ByteArrayInputStream(bytes), part(0, 1), 10_000);

    assertThat(accepted).isEqualTo(1_000);
    assertThat(duplicates).isEqualTo(whole.counts().duplicate());
  }

  @Test
  void aPartOfLongLinesEndsByItsBytesAndTheNextBeginsThere() throws IOException {
    var line = "http://a.test/" + "x".repeat(8_000) + "\n";
    var bytes = line.repeat(3_000).getBytes(UTF_8);

    var first = read(new ByteArrayInputStream(bytes), part(0, 1), 25_600);

    assertThat(first.last()).isFalse();
    assertThat(first.nextOffset())
        .isBetween(PartReader.MAX_BYTES, PartReader.MAX_BYTES + line.length())
        .isEqualTo(first.accepted() * line.length());
    assertThat(first.nextLine()).isEqualTo(first.accepted() + 1);
  }

  @Test
  void anEmptyListIsAPartOfNoLines() throws IOException {
    var plan = plan("");

    assertThat(plan.accepted()).isZero();
    assertThat(plan.last()).isTrue();
  }

  @Test
  void hostsOfAHostGroupTakeTurnsInATask() throws IOException {
    var plan =
        plan(
            "http://x.a.com/1\nhttp://x.a.com/2\nhttp://x.a.com/3\nhttp://y.a.com/1\nhttp://y.a.com/2\n");

    assertThat(targets(plan))
        .extracting(Target::url)
        .containsExactly(
            "http://x.a.com/1",
            "http://y.a.com/1",
            "http://x.a.com/2",
            "http://y.a.com/2",
            "http://x.a.com/3");
  }

  private static List<Target> targets(Plan plan) {
    var targets = new ArrayList<Target>();
    plan.tasks().forEach(task -> targets.addAll(task.targets()));
    return targets;
  }

  private static Plan plan(String list) throws IOException {
    return read(new ByteArrayInputStream(list.getBytes(UTF_8)), part(0, 1), 100);
  }

  private static Plan read(InputStream in, SplitTask.Part part, int lines) throws IOException {
    var reader = new PartReader(part, RULES, lines, 16, null);
    reader.read(() -> in);
    return reader.plan();
  }

  private static SplitTask.Part part(long offset, long line) {
    return new SplitTask.Part(
        new JobId("j"), "manifests/j.txt", "\"e\"", 0, offset, line, 0, NEVER);
  }
}
