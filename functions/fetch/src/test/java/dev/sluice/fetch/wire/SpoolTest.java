package dev.sluice.fetch.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8192, 8193, 262_144, 262_145, 3_000_000})
  void whatWasWrittenIsReadAgainAndAgain(int length) throws Exception {
    var bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    try (var spool = written(bytes, new MemoryBudget(1_000_000))) {
      assertThat(spool.length()).isEqualTo(length);
      assertThat(read(spool)).isEqualTo(bytes);
      assertThat(read(spool)).isEqualTo(bytes);
    }
  }

  @Test
  void aBodyOver256KilobytesTakesNoMemory() throws Exception {
    var budget = new MemoryBudget(1_000_000);
    try (var _ = written(new byte[262_145], budget)) {
      assertThat(budget.freeBytes()).isEqualTo(1_000_000);
    }
  }

  @Test
  void whatTheBudgetDoesNotHoldGoesToAFile() throws Exception {
    var budget = new MemoryBudget(20_000);
    try (var first = written(new byte[10_000], budget);
        var second = written(new byte[10_000], budget)) {
      assertThat(budget.freeBytes()).isEqualTo(20_000 - 16_384);
      assertThat(read(first)).hasSize(10_000);
      assertThat(read(second)).hasSize(10_000);
    }
    assertThat(budget.freeBytes()).isEqualTo(20_000);
  }

  @Test
  void closingTwiceGivesTheMemoryBackOnce() throws Exception {
    var budget = new MemoryBudget(100_000);
    var spool = written(new byte[10], budget);

    spool.close();
    spool.close();

    assertThat(budget.freeBytes()).isEqualTo(100_000);
  }

  private static Spool written(byte[] bytes, MemoryBudget budget) throws IOException {
    var spool = new Spool(budget, WebFixture.TEMP);
    for (var at = 0; at < bytes.length; at += 1000) {
      var part = java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 1000));
      spool.write(part, part.length);
    }
    return spool;
  }

  private static byte[] read(Spool spool) throws IOException {
    try (var in = spool.open()) {
      return in.readAllBytes();
    }
  }
}
