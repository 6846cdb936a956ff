package dev.sluice.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.async.Simulation;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Leftover;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.Target;
import dev.sluice.flow.Visit;
import dev.sluice.memory.MemoryStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTailTest {
  private static final String KEY = "warc/spring/00000/0007-0.warc.gz";
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00.123Z");

  private final MemoryStore store = new MemoryStore();
  private final Records records = new Records(KEY);
  private final ByteArrayOutputStream archive = new ByteArrayOutputStream();

  private Optional<ArchiveTail> tail() throws Exception {
    store.put(KEY, new Content.Bytes(archive.toByteArray()), new Condition.Always()).join();
    var simulation = new Simulation(1);
    return simulation.await(ArchiveTail.read(store, KEY, simulation.run(Duration.ofSeconds(60))));
  }

  private void begin() throws IOException {
    archive.writeBytes(records.info(AT, "Sluice/1 (+https://x.test/)"));
    for (var line = 1; line < 4; line++) {
      var ending = new Ending.Failed(Fault.Failed.DNS, "no such name");
      archive.writeBytes(records.visit(Visit.never(line, "http://x.test/", ending), null, AT));
    }
  }

  /// From one that fits into the first read to one that needs three: text that deflate cannot make
  /// shorter.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100, 5_000, 60_000})
  void theLeftoversAreFoundFromTheEnd(int count) throws Exception {
    begin();
    var random = new Random(count);
    var left = new ArrayList<Leftover>();
    for (var line = 1; line <= count; line++) {
      var url = "http://x.test/" + Long.toHexString(random.nextLong());
      left.add(new Leftover(Target.first(line, url, url), 3, AT, false));
    }
    var offset = archive.size();
    archive.writeBytes(records.leftovers(left, AT));

    assertThat(tail()).contains(new ArchiveTail(left, offset, archive.size() - offset));
  }

  @Test
  void anArchiveThatEndsWithAVisitLeftNothingOver() throws Exception {
    begin();

    assertThat(tail()).contains(new ArchiveTail(List.of(), 0, 0));
  }

  @Test
  void thereMayBeNoArchive() throws Exception {
    var simulation = new Simulation(1);

    assertThat(
            simulation.await(
                ArchiveTail.read(store, "none", simulation.run(Duration.ofSeconds(60)))))
        .isEmpty();
  }

  /// A whole member inside of the last one's text is not mistaken for it.
  @Test
  void whatLooksLikeAMemberInsideARecordIsNone() throws Exception {
    begin();
    var inner = records.leftovers(List.of(), AT);
    archive.writeBytes(Arrays.copyOf(inner, inner.length - 1)); // cut: no end of its own
    var offset = archive.size();
    var left = List.of(new Leftover(Target.first(9, "http://y.test/", "y.test"), 3, AT, true));
    archive.writeBytes(records.leftovers(left, AT));

    assertThat(tail()).contains(new ArchiveTail(left, offset, archive.size() - offset));
  }

  @Test
  void whatDoesNotEndWithARecordIsRefusedByItsKey() throws Exception {
    begin();
    archive.writeBytes("more".getBytes(UTF_8));

    assertThatThrownBy(this::tail)
        .isInstanceOf(IOException.class)
        .hasMessage("archive " + KEY + " does not end with a whole record");
  }
}
