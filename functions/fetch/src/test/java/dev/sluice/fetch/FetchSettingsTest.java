package dev.sluice.fetch;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FetchSettingsTest {
  private static final Map<String, String> ENV =
      Map.ofEntries(
          Map.entry("BUCKET", "bucket"),
          Map.entry("FETCH_QUEUE_URL", "https://sqs.test/fetch.fifo"),
          Map.entry("SPLIT_QUEUE_URL", "https://sqs.test/split"),
          Map.entry("EXTRACT_QUEUE_URL", "https://sqs.test/extract"),
          Map.entry("HOST_GROUPS", "64"),
          Map.entry("CONCURRENCY_REQUESTS", "100"),
          Map.entry("PER_HOST_REQUESTS", "2"),
          Map.entry("PER_HOST_DELAY_MILLIS", "200"),
          Map.entry("HOST_BACK_OFF_MILLIS", "2000"),
          Map.entry("TIMEOUT_MILLIS", "20000"),
          Map.entry("MAX_ATTEMPTS", "3"),
          Map.entry("RETRY_BUDGET_PERCENT", "100"),
          Map.entry("MAX_BODY_BYTES", "33554432"),
          Map.entry("ARCHIVE_MAX_BYTES", "134217728"),
          Map.entry("SPOOL_MEMORY_BYTES", "67108864"),
          Map.entry("SEND_CONCURRENCY_REQUESTS", "8"),
          Map.entry("USER_AGENT", "Sluice-Test/1"),
          Map.entry("IGNORE_ROBOTS", "false"),
          Map.entry("RESERVE_MILLIS", "5000"));

  @Test
  void anInvocationThatIsTooShortForOneRequestIsRefusedByItsNumbers() {
    assertThatCode(() -> FetchSettings.of(with("25"))).doesNotThrowAnyException();
    assertThatThrownBy(() -> FetchSettings.of(with("24")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "settings: FETCH_TIMEOUT_SECONDS must be at least TIMEOUT_MILLIS and RESERVE_MILLIS together, got 24, 20000 and 5000");
  }

  private static Map<String, String> with(String fetchTimeoutSeconds) {
    var env = new HashMap<>(ENV);
    env.put("FETCH_TIMEOUT_SECONDS", fetchTimeoutSeconds);
    return env;
  }
}
