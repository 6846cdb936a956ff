package dev.sluice.local.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.url.WebUrl;
import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import dev.sluice.memory.MemoryWeb.ScriptedAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Fifty hosts and eight invocations of fetch at once, as the hosts see them.
class PolitenessTest {
  private static final int HOSTS = 50;
  private static final int LINES = 1000;
  private static final int PER_HOST = 2;
  private static final Duration DELAY = Duration.ofMillis(200);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(30);
  private static final Duration ANSWERS_AFTER = Duration.ofMillis(10);

  private static ScriptedAnswer answer(WebUrl url, int before) {
    if (url.pathAndQuery().equals("/robots.txt")) {
      return ScriptedAnswer.page("User-agent: *\nAllow: /\n");
    }
    if (url.pathAndQuery().equals("/207") && before == 0) {
      return ScriptedAnswer.status(503, "Retry-After: 30"); // of h7
    }
    // Longer than the delay, so that two would overlap without end if nobody counted.
    return new ScriptedAnswer.Response(
        Duration.ofMillis(500), 200, List.of("Content-Type: text/plain"), url.toString());
  }

  private static Pipeline ended(long seed) throws Exception {
    var pipeline =
        new Pipeline(
            seed,
            Map.of("FetchConcurrencyInvocations", "8", "FetchTimeoutSeconds", "60"),
            Map.of("HOST_GROUPS", "32", "PART_LINES", "200"),
            PolitenessTest::answer,
            World.of(seed, Effects.Plan.NONE, Delivery.TWICE, null));
    pipeline.submit(
        Sixty.JOB,
        IntStream.range(0, LINES).mapToObj(i -> "http://h" + i % HOSTS + ".example/" + i).toList());
    pipeline.untilQuiet();
    return pipeline;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void noHostIsHurriedByEightInvocationsAtOnce(long seed) throws Exception {
    var pipeline = ended(seed);

    // What is checked did happen: eight ran, hosts were asked twice at once, one said when.
    var asked = pipeline.web().asked();
    assertThat(pipeline.mapping("Fetch").mostAtOnce()).isEqualTo(8);
    assertThat(asked.stream().mapToInt(each -> each.atOnce()).max()).hasValue(PER_HOST);
    assertThat(asked).hasSize(LINES + HOSTS + 1);
    assertThat(
            new Politeness(pipeline.web())
                .keeps(PER_HOST, DELAY)
                .heeds(each -> each.url().pathAndQuery().equals("/207"), ANSWERS_AFTER, RETRY_AFTER)
                .asksRobotsOnce(_ -> true, Duration.ofHours(24))
                .wrong())
        .isEmpty();
    assertThat(new Job(pipeline.store(), Sixty.JOB).wrong(LINES)).isEmpty();
    assertThat(new Job(pipeline.store(), Sixty.JOB).outcomes().values())
        .containsOnly("stored null 200");
  }
}
