package dev.sluice.bench.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;

class CaseTest {
  @Test
  void everyBenchmarkHasARow() {
    var benchmarks =
        Case.all().stream()
            .map(Case::type)
            .distinct()
            .flatMap(type -> Arrays.stream(type.getMethods()))
            .filter(method -> method.isAnnotationPresent(Benchmark.class))
            .map(method -> method.getDeclaringClass().getName() + "." + method.getName());

    var rows = Case.all().stream().map(each -> each.type().getName() + "." + each.method());

    assertThat(rows.distinct()).containsExactlyInAnyOrderElementsOf(benchmarks.toList());
  }

  @Test
  void aTextChoosesRowsByHeadAndSection() {
    assertThat(Case.containing("Mutiny")).extracting(Case::method).containsOnly("mutiny");
    assertThat(Case.containing("the clock")).extracting(Case::method).containsExactly("nanoTime");
    assertThat(Case.containing("")).isEqualTo(Case.all());
    assertThat(Case.containing("Akka")).isEmpty();
  }
}
