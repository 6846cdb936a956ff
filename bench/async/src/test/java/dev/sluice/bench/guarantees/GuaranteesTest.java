package dev.sluice.bench.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Sluice alone: about six seconds.
class GuaranteesTest {
  @Test
  void sluiceAnswersEveryQuestionWithOk() throws InterruptedException {
    var asked = Asked.ask(Question.all(), List.of(new Sluice()), (_, _) -> {});

    var cells = asked.cells().stream().map(List::getFirst).toList();
    assertThat(cells).hasSize(12);
    // There are no weights yet.
    assertThat(cells).filteredOn(cell -> !cell.isOk()).hasOnlyElementsOfType(Cell.HasNone.class);
    assertThat(cells).filteredOn(Cell::isOk).hasSizeGreaterThanOrEqualTo(11);
  }
}
