package dev.sluice.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CountsTest {
  @Test
  void eachVisitIsCountedByOutcomeAndFault() {
    var counts =
        Counts.of(
            List.of(
                visit(1, new Ending.Stored()),
                visit(2, new Ending.Failed(Fault.Failed.DNS, "no such name: x.test")),
                visit(3, new Ending.Failed(Fault.Failed.DNS, "no such name: y.test")),
                visit(4, new Ending.Refused(Fault.Refused.SCHEME, "scheme ftp")),
                visit(5, new Ending.Duplicate(1))));

    assertThat(counts).isEqualTo(new Counts(1, 2, 1, 1, Map.of("dns", 2L, "scheme", 1L), 0));
    assertThat(counts.rows()).isEqualTo(5);
  }

  @Test
  void faultsThatDoNotSumUpAreRefused() {
    assertThatThrownBy(() -> new Counts(0, 2, 0, 0, Map.of("dns", 1L), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2");
  }

  @Test
  void everyFaultIsFoundByItsCode() {
    for (var fault : Fault.Failed.values()) {
      assertThat(Fault.of(fault.code())).isEqualTo(fault);
    }
    for (var fault : Fault.Refused.values()) {
      assertThat(Fault.of(fault.code())).isEqualTo(fault);
    }
    assertThatThrownBy(() -> Fault.of("gremlins")).hasMessageContaining("gremlins");
  }

  private static Visit visit(long line, Ending ending) {
    return Visit.never(line, "http://x.test/", ending);
  }
}
