package dev.sluice.bench.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// All of them: about a minute.
class GuaranteesIT {
  @Test
  void theTableHasACellForEachSubjectAndQuestion() throws InterruptedException {
    var comparison = Comparison.ask(Question.all(), Comparison.libraries(), (_, _) -> {});

    var rows = comparison.table().lines().toList();

    assertThat(rows).hasSize(2 + Question.all().size());
    assertThat(rows)
        .allSatisfy(row -> {
          assertThat(row).startsWith("|").endsWith("|");
          assertThat(row.chars().filter(each -> each == '|'))
              .hasSize(Comparison.libraries().size() + 2);
        });
    assertThat(rows.subList(2, rows.size()))
        .allSatisfy(row -> {
          assertThat(row.split(" \\| ")).hasSize(Comparison.libraries().size() + 1);
          assertThat(row.substring(1).split(" \\| ")).noneMatch(String::isBlank);
        });
  }
}
