package dev.sluice.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fetch.plan.HostMemories;
import dev.sluice.fetch.plan.HostMemory;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Plan;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OpenLinesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration DELAY = Duration.ofMillis(200);

  private final OpenLines waiting = new OpenLines();

  private void planned(String... urls) {
    waiting.planned(plan(urls));
  }

  /// A part of these lines.
  static Plan plan(String... urls) {
    var targets = new ArrayList<Target>();
    for (var url : urls) {
      targets.add(Target.first(targets.size() + 1, url, url));
    }
    var job = new JobId("spring");
    var task = new FetchTask(job, 0, TaskId.planned(0), 0, targets, NOW);
    return new Plan(job, 0, "e", urls.length, List.of(), List.of(task), true, "", true, null, 0, 1);
  }

  private List<String> longest() {
    return waiting.longest(2, DELAY, NOW).stream()
        .map(host -> host.name() + " " + host.lines())
        .toList();
  }

  @Test
  void theHostsWithTheMostLinesThatHaveNoRowComeFirst() {
    planned("http://a/1", "http://b/1", "http://b/2", "http://c/1", "http://c/2", "http://c/3");
    assertThat(longest()).containsExactly("c 3", "b 2");

    waiting.done("http://c/1");
    waiting.done("http://c/2");
    waiting.done("http://c/3");

    assertThat(longest()).containsExactly("b 2", "a 1");
  }

  @Test
  void aHostThatAskedNotToBeAskedTakesLongerThanOneWithMoreLines() {
    planned("http://a/1", "http://b/1", "http://b/2");

    waiting.remembered(
        new HostMemories(
            Map.of(
                "a", HostMemory.NONE.withParkedUntil(NOW.plusSeconds(30)),
                "b", HostMemory.NONE.withParkedUntil(NOW.minusSeconds(30)))));

    assertThat(waiting.longest(2, DELAY, NOW))
        .containsExactly(
            OpenLines.HostLines.of("a", 1, Duration.ofSeconds(30), DELAY),
            OpenLines.HostLines.of("b", 2, Duration.ZERO, DELAY));
  }

  @Test
  void whenSomethingWasMissedNothingIsKnownAnyMore() {
    planned("http://a/1");

    waiting.lost();
    planned("http://b/1");

    assertThat(longest()).isEmpty();
  }

  @Test
  void moreHostsThanFitAreNoneAtAll() {
    for (var from = 0; from <= 200_000; from += 100) {
      var part = from;
      planned(
          IntStream.range(0, 100)
              .mapToObj(i -> "http://h" + (part + i) + "/")
              .toArray(String[]::new));
    }

    assertThat(longest()).isEmpty();
  }

  @Test
  void whatIsShownOfAHostDoesNothingOnATerminal() {
    assertThat(OpenLines.host("http://user@A.Example:8080/x?y")).isEqualTo("a.example:8080");
    assertThat(OpenLines.host("http://[::1]/")).isEqualTo("[::1]");
    assertThat(OpenLines.host("http://evil\u001b[2J/")).isEqualTo("evil?[2j");
    assertThat(OpenLines.host("no URL")).isEqualTo("no?url");
  }
}
