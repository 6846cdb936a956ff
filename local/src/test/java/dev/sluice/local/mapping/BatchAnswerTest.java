package dev.sluice.local.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The shapes of an answer that the Lambda developer guide lists, and those that it leaves open.
class BatchAnswerTest {
  private static final Set<String> BATCH = Set.of("a", "b", "c");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "",
        "{}",
        "{\"statusCode\":200}",
        "{\"batchItemFailures\":null}",
        "{\"batchItemFailures\":[]}"
      })
  void anAnswerThatListsNothingIsSuccessOfTheBatch(String answer) {
    assertThat(BatchAnswer.failed(answer, BATCH)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"batchItemFailures\":[{\"itemIdentifier\":\"\"}]}",
        "{\"batchItemFailures\":[{\"itemIdentifier\":null}]}",
        "{\"batchItemFailures\":[{\"itemId\":\"a\"}]}",
        "{\"batchItemFailures\":[{}]}",
        "{\"batchItemFailures\":[{\"itemIdentifier\":\"not in the batch\"}]}",
        "{\"batchItemFailures\":[{\"itemIdentifier\":\"a\"},{\"itemIdentifier\":\"z\"}]}",
        "{\"batchItemFailures\":[{\"itemIdentifier\":1}]}"
      })
  void anItemThatNamesNoMessageOfTheBatchIsFailureOfAll(String answer) {
    assertThat(BatchAnswer.failed(answer, BATCH)).isEqualTo(BATCH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"batchItemFailures\":[",
        "not JSON",
        "{} {}",
        "\"done\"",
        "[]",
        "true",
        "{\"batchItemFailures\":\"a\"}",
        "{\"batchItemFailures\":{\"itemIdentifier\":\"a\"}}",
        "{\"batchItemFailures\":[\"a\"]}",
        "{\"batchItemFailures\":[null]}"
      })
  void anAnswerOfAnotherShapeIsFailureOfAll(String answer) {
    assertThat(BatchAnswer.failed(answer, BATCH)).isEqualTo(BATCH);
  }

  @Test
  void onlyWhatIsListedFails() {
    var answer =
        """
        {"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"c"},{"itemIdentifier":"b"}]}
        """;

    assertThat(BatchAnswer.failed(answer, BATCH)).containsExactlyInAnyOrder("b", "c");
  }
}
