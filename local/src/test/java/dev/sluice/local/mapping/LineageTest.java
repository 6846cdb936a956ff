package dev.sluice.local.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineageTest {
  private static String invoked(String header, String... functions) {
    var next = header;
    for (var function : functions) {
      next = Lineage.ofHeaders(List.of(next)).with(function).header();
    }
    return next;
  }

  private static int depth(String header, String function) {
    return Lineage.ofHeaders(List.of(header)).with(function).depth();
  }

  @Test
  void aChainBeginsWithoutAHeaderAndKeepsItsTrace() {
    var first = invoked("", "Split");

    assertThat(first)
        .matches(
            "Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=[0-9a-f]{8}:1");
    assertThat(invoked(first, "Fetch")).startsWith(first.substring(0, first.indexOf(";Parent")));
  }

  @Test
  void eachFunctionIsCountedByItself() {
    var chain = invoked("", "Split", "Fetch", "Split", "Fetch", "Split", "Extract");

    assertThat(depth(chain, "Split")).isEqualTo(4);
    assertThat(depth(chain, "Fetch")).isEqualTo(3);
    assertThat(depth(chain, "Report")).isEqualTo(1);
  }

  @Test
  void theSeventeenthIsTooDeep() {
    var chain = invoked("", IntStream.range(0, 15).mapToObj(_ -> "Split").toArray(String[]::new));

    assertThat(Lineage.ofHeaders(List.of(chain)).with("Split").isTooDeep()).isFalse();
    assertThat(Lineage.ofHeaders(List.of(invoked(chain, "Split"))).with("Split").isTooDeep())
        .isTrue();
    assertThat(Lineage.ofHeaders(List.of(invoked(chain, "Split"))).with("Fetch").isTooDeep())
        .isFalse();
  }

  @Test
  void ofSeveralMessagesTheLongestChainOfEachFunctionCounts() {
    var batch =
        List.of("", invoked("", "Split", "Split", "Fetch"), invoked("", "Split", "Fetch", "Fetch"));

    var lineage = Lineage.ofHeaders(batch);

    assertThat(lineage.with("Split").depth()).isEqualTo(3);
    assertThat(lineage.with("Fetch").depth()).isEqualTo(3);
  }

  @Test
  void aHeaderOfSomeoneElseBeginsAChain() {
    assertThat(depth("Root=1-5759e988-bd862e3f;Parent=53995c3f42cd8ad8;Sampled=1", "Split"))
        .isEqualTo(1);
    assertThat(depth("Root=1-a-b;Lineage=25:a87bd80c:0;Lineage=", "Split")).isEqualTo(1);
  }
}
