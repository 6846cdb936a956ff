package dev.sluice.bench.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UrlListTest {
  private static final List<String> PATHS =
      IntStream.range(0, 40).mapToObj(i -> "/jar/page" + i + ".html").toList();

  @Test
  void theSameSeedGivesTheSameListAndAnotherSeedAnother() {
    var one = UrlList.of(new Shape(500, 25, 0, 1), PATHS, 8080);
    var again = UrlList.of(new Shape(500, 25, 0, 1), PATHS, 8080);
    var other = UrlList.of(new Shape(500, 25, 0, 2), PATHS, 8080);

    assertThat(again).isEqualTo(one);
    assertThat(other).isNotEqualTo(one);
  }

  @Test
  void noLineRepeatsAnotherEvenWhenAHostHasMoreLinesThanThereAreFiles() {
    var lines = UrlList.of(new Shape(1_000, 7, 10, 1), PATHS, 8080);

    assertThat(lines).hasSize(1_000).doesNotHaveDuplicates();
  }

  @Test
  void everyHostGetsAsManyLinesAsAnyOtherGiveOrTakeOne() {
    var linesOf = new HashMap<String, Integer>();

    for (var line : UrlList.of(new Shape(1_003, 250, 0, 1), PATHS, 8080)) {
      linesOf.merge(URI.create(line).getHost(), 1, Integer::sum);
    }

    assertThat(linesOf).hasSize(250);
    assertThat(linesOf.values()).allMatch(count -> count == 4 || count == 5);
  }

  @Test
  void theFirstHostGetsAsManyLinesAsItIsToAndTheOthersShareTheRest() {
    var shape = new Shape(1_000, 11, 0, 500, 1);
    var linesOf = new HashMap<String, Integer>();

    var lines = UrlList.of(shape, PATHS, 8080);

    assertThat(lines).doesNotHaveDuplicates();
    lines.forEach(line -> linesOf.merge(URI.create(line).getHost(), 1, Integer::sum));
    assertThat(shape.linesOfLargest()).isEqualTo(500);
    assertThat(linesOf).hasSize(11).containsEntry("127.0.1.1", 500);
    assertThat(linesOf.values()).allMatch(count -> count == 500 || count == 50);
  }

  @Test
  void everyNthLineHangsAndNoOther() {
    var lines = UrlList.of(new Shape(1_000, 25, 100, 1), PATHS, 8080);

    var hanging = new HashSet<Integer>();
    for (var i = 0; i < lines.size(); i++) {
      if (URI.create(lines.get(i)).getPath().startsWith("/hang/")) {
        hanging.add(i + 1);
      }
    }
    assertThat(hanging)
        .containsExactlyInAnyOrder(100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000);
  }

  @Test
  void hangingUrlsAreSpreadOverHostsAlthoughTheirDistanceDividesTheHosts() {
    var hosts = new HashSet<String>();

    for (var line : UrlList.of(new Shape(10_000, 250, 100, 1), PATHS, 8080)) {
      if (line.contains("/hang/")) {
        hosts.add(URI.create(line).getHost());
      }
    }

    assertThat(hosts).hasSizeGreaterThan(50);
  }

  @Test
  void everyLineNamesAFileThatThereIsOnALoopbackAddress() {
    for (var line : UrlList.of(new Shape(600, 600, 3, 1), PATHS, 8080)) {
      var url = URI.create(line);
      assertThat(url.getHost()).matches("127\\.0\\.[1-3]\\.\\d+");
      assertThat(url.getPort()).isEqualTo(8080);
      assertThat(PATHS).contains(url.getPath().replaceFirst("^/hang", ""));
    }
  }
}
