package dev.sluice.bench.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CostTableTest {
  @Test
  void aMedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
    assertThat(Cost.median(List.of(Cost.of(9, 1), Cost.of(1, 3), Cost.of(2, 2))))
        .isEqualTo(new Cost(2, 1, 2));
    assertThat(Cost.median(List.of(Cost.of(1, 4), Cost.of(3, 8)))).isEqualTo(new Cost(2, 1, 6));
    assertThatThrownBy(() -> Cost.median(List.of()))
        .hasMessage("a median needs at least one value, got none");
  }

  @Test
  void ratiosAreToTheFirstRowOfTheSectionAndATimeoutIsTheDifference() {
    var costs = new LinkedHashMap<Case, Cost>();
    costs.put(row("one", "a"), new Cost(10, 9, 1));
    costs.put(row("two", Case.TIMED), new Cost(1_500, 1_400, 300));
    costs.put(row("two", Case.UNTIMED), new Cost(600, 550, 100));

    assertThat(CostTable.of(costs).lines())
        .containsExactly(
            "| one | ns an item | lowest | bytes an item | ratio to the first |",
            "|---|--:|--:|--:|--:|",
            "| a | 10.0 | 9.0 | 1.0 | 1.00 |",
            "",
            "| two | ns an item | lowest | bytes an item | ratio to the first |",
            "|---|--:|--:|--:|--:|",
            "| Sluice, a timeout each | 1,500.0 | 1,400.0 | 300.0 | 1.00 |",
            "| Sluice, no timeouts | 600.0 | 550.0 | 100.0 | 0.40 |",
            "| so a timeout, armed and cancelled | 900.0 | 850.0 | 200.0 | 0.60 |");
  }

  private static Case row(String section, String name) {
    return new Case(section, name, Clock.class, "nanoTime", Map.of(), 1);
  }
}
