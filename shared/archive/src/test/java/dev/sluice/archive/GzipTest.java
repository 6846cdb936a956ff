package dev.sluice.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Plan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GzipTest {
  private static final Plan PLAN =
      new Plan(
          new JobId("spring"),
          3,
          "\"e\"",
          4,
          List.of(
              new Plan.Never(1, "x", new Ending.Refused(Fault.Refused.BAD_URL, "no \"url\"")),
              new Plan.Never(2, "y", new Ending.Failed(Fault.Failed.GAVE_UP, "late")),
              new Plan.Never(3, "z", new Ending.Duplicate(1)),
              new Plan.Never(4, "\u00e9\u202e", new Ending.Duplicate(2))),
          List.of(),
          true,
          "keys",
          true,
          null,
          100,
          25_601);

  @Test
  void aRecordIsReadAsItWasWritten() throws Exception {
    assertThat(Gzip.read(Plan.class, Gzip.write(PLAN))).isEqualTo(PLAN);
  }

  @Test
  void theSameRecordIsTheSameBytes() throws Exception {
    assertThat(Gzip.write(PLAN)).isEqualTo(Gzip.write(PLAN));
  }

  @Test
  void whatIsNoGzipIsRefused() {
    assertThatThrownBy(() -> Gzip.read(Plan.class, "{}".getBytes(UTF_8)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void whatIsCutIsRefused() throws Exception {
    var whole = Gzip.write(PLAN);
    var cut = Arrays.copyOf(whole, whole.length - 9);

    assertThatThrownBy(() -> Gzip.read(Plan.class, cut)).isInstanceOf(IOException.class);
  }

  @Test
  void anotherRecordIsRefusedByItsField() throws Exception {
    var other = Gzip.write(new JobId("spring"));

    assertThatThrownBy(() -> Gzip.read(Plan.class, other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Plan");
  }

  /// 300 MB of white space in 300 KB.
  @Test
  void whatInflatesTooFarIsRefused() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      var blank = " ".repeat(1024 * 1024).getBytes(UTF_8);
      for (var i = 0; i < 300; i++) {
        gzip.write(blank);
      }
    }

    assertThatThrownBy(() -> Gzip.read(Plan.class, bytes.toByteArray()))
        .isInstanceOf(IOException.class)
        .hasMessage("inflates to more than 268435456 bytes");
  }
}
