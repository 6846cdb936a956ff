package dev.sluice.fetch.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetriesTest {
  @ParameterizedTest
  @CsvSource({"100, 100, 110", "100,  20,  30", " 30,  25,  18", "  1, 100,  11", "100,   0,   0"})
  void aTaskOfNewUrlsHasAPercentageOfThemAndTen(int urls, int percent, int retries) {
    var targets = Collections.nCopies(urls, target(Target.NOT_SHARED));

    assertThat(taken(Retries.of(targets, percent))).isEqualTo(retries);
  }

  @Test
  void aTaskOfLeftoversHasTheirSharesAlone() {
    assertThat(taken(Retries.of(List.of(target(0), target(3), target(1)), 100))).isEqualTo(4);
    assertThat(taken(Retries.of(List.of(target(0)), 100))).isZero();
  }

  @Test
  void sharesAddUpToWhatIsLeft() {
    for (var left = 0; left < 12; left++) {
      for (var urls = 1; urls < 6; urls++) {
        var retries = Retries.of(List.of(target(left)), 0);
        var shares = new ArrayList<Integer>();
        for (var place = 0; place < urls; place++) {
          shares.add(retries.share(place, urls));
        }
        assertThat(shares.stream().mapToInt(Integer::intValue).sum()).isEqualTo(left);
        assertThat(Collections.max(shares) - Collections.min(shares)).isLessThanOrEqualTo(1);
      }
    }
  }

  private static int taken(Retries retries) {
    return (int) IntStream.range(0, 1_000).takeWhile(_ -> retries.take()).count();
  }

  private static Target target(int retries) {
    return new Target(1, "http://x.test/", "x", 0, List.of(), 0, retries, null);
  }
}
