package dev.sluice.bench.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What Linux says in /proc, as proc(5) has it.
class ProcessTreeTest {
  @Test
  void cpuTimeIsCountedFromBehindTheNameWhateverTheNameIs() {
    var stat = "77 (a) b (c) S 1 77 77 0 -1 4194560 12345 678 0 0 150 50 30 20 20 0 12 0 999 1 2 3";

    assertThat(ProcessTree.cpuSeconds(stat)).isEqualTo(2.5);
  }

  @Test
  void residentMemoryIsThatOfItsOwnLine() {
    var status = "Name:\tVmRSS\nVmPeak:\t  900 kB\nVmHWM:\t  500 kB\nVmRSS:\t  400 kB\n";

    assertThat(ProcessTree.kilobytes("VmRSS", status)).isEqualTo(400);
    assertThat(ProcessTree.kilobytes("VmHWM", status)).isEqualTo(500);
  }

  @Test
  void aProcessThatHasEndedHasNoResidentMemory() {
    assertThat(ProcessTree.kilobytes("VmRSS", "Name:\tjava\nState:\tZ (zombie)\n")).isZero();
  }

  @Test
  void thisProcessUsesMemoryAndTime() {
    var here = new ProcessTree(ProcessHandle.current());

    here.look();

    assertThat(here.peakMegabytes()).isGreaterThan(10);
    assertThat(here.cpuSeconds()).isGreaterThan(0);
  }
}
