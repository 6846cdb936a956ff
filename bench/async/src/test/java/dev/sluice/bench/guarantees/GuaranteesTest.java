package dev.sluice.bench.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Sluice alone: about six seconds.
class GuaranteesTest {
  @Test
  void sluiceAnswersEveryQuestionWithOk() throws InterruptedException {
    var comparison = Comparison.ask(Question.all(), List.of(new Sluice()), (_, _) -> {});

    assertThat(comparison.cells()).hasSize(12).allMatch(row -> row.getFirst().isOk());
  }
}
