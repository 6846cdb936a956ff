package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LanesTest {
  private final List<Integer> starts = new ArrayList<>();
  private final Simulation simulation = new Simulation(1);
  private final Run run = simulation.run(Duration.ofHours(1));

  /// Each takes 10 ms.
  private FanOut<Integer, Integer> ticking(int concurrency) {
    return FanOut.<Integer, Integer>of(
            (item, _) -> {
              starts.add(item);
              return run.sleep(Duration.ofMillis(10)).thenApply(_ -> item);
            })
        .concurrency(concurrency)
        .on(run);
  }

  @Test
  void aKeyRunsOneAtATimeInItsOrderAndOthersGoOn() throws Exception {
    var items = List.of(10, 11, 12, 20, 21, 30);

    simulation.await(
        ticking(3).lanes(Lanes.byKey(item -> item / 10), 10).startForEach(items, _ -> {}));

    assertThat(starts).containsExactly(10, 20, 30, 11, 21, 12);
  }

  @Test
  void aKeyMayRunMoreAtATime() throws Exception {
    var items = List.of(10, 11, 12, 20);

    simulation.await(
        ticking(4).lanes(Lanes.byKey(item -> item / 10, 2), 10).startForEach(items, _ -> {}));

    assertThat(starts).startsWith(10, 20, 11);
    assertThat(run.deadline().left()).isEqualTo(Duration.ofHours(1).minusMillis(20));
  }

  @Test
  void whatIsBeyondTheLookAheadIsNotSeen() throws Exception {
    var items = List.of(10, 11, 12, 20);

    simulation.await(
        ticking(2).lanes(Lanes.byKey(item -> item / 10), 2).startForEach(items, _ -> {}));

    // 10 runs, 11 and 12 wait: 20 is pulled when 11 has started.
    assertThat(starts).containsExactly(10, 11, 20, 12);
  }

  @Test
  void startsAreSpreadByWeightFromTheFirst() throws Exception {
    var items = IntStream.range(0, 300).boxed().toList();

    simulation.await(
        ticking(1)
            .lanes(Lanes.weighted(item -> item % 3, 5, 2, 1), 300)
            .startForEach(items, _ -> {}));

    assertThat(starts.subList(0, 80).stream().filter(item -> item % 3 == 0)).hasSize(50);
    assertThat(starts.subList(0, 80).stream().filter(item -> item % 3 == 1)).hasSize(20);
    assertThat(starts.subList(0, 8).stream().filter(item -> item % 3 == 0)).hasSize(5);
    assertThat(starts).hasSize(300);
  }

  @Test
  void ofLanesThatAreEquallyRichTheFirstIsNext() throws Exception {
    simulation.await(
        ticking(1)
            .lanes(Lanes.weighted(item -> item % 2, 1, 1), 4)
            .startForEach(List.of(1, 3, 0, 2), _ -> {}));

    assertThat(starts).containsExactly(0, 1, 2, 3);
  }

  @Test
  void anEmptyLaneSavesNothingUp() throws Exception {
    // Lane 1 comes last, when lane 0 has long been served alone.
    var items = new ArrayList<>(IntStream.range(0, 50).map(item -> item * 2).boxed().toList());
    items.addAll(List.of(1, 3, 5, 7));
    items.addAll(IntStream.range(50, 60).map(item -> item * 2).boxed().toList());

    simulation.await(
        ticking(1).lanes(Lanes.weighted(item -> item % 2, 1, 1), 8).startForEach(items, _ -> {}));

    var first = starts.indexOf(1);
    assertThat(starts.indexOf(3)).isEqualTo(first + 2);
    assertThat(starts.indexOf(5)).isEqualTo(first + 4);
  }

  @Test
  void theUrgentIsFirst() throws Exception {
    var items = List.of(20, 21, 10, 11, 1);

    simulation.await(
        ticking(1)
            .lanes(Lanes.priority(item -> item / 10, 3, Duration.ofHours(9)), 10)
            .startForEach(items, _ -> {}));

    assertThat(starts).containsExactly(1, 10, 11, 20, 21);
  }

  /// Urgent ones keep coming; the patient one starts when it has waited for its level.
  @Test
  void waitingMakesUrgentSoThatNothingStarves() throws Exception {
    var items = new ArrayList<>(List.of(10));
    items.addAll(IntStream.range(0, 10).boxed().toList());

    simulation.await(
        ticking(1)
            .lanes(Lanes.priority(item -> item / 10, 2, Duration.ofMillis(35)), 3)
            .startForEach(items, _ -> {}));

    assertThat(starts.indexOf(10)).isEqualTo(4);
  }

  @Test
  void whatWaitsInLanesIsNotStartedWhenTheRunIsCancelled() throws Exception {
    for (var lanes :
        List.of(
            Lanes.<Integer>byKey(item -> item % 2),
            Lanes.<Integer>weighted(item -> item % 2, 1, 1),
            Lanes.<Integer>priority(item -> item % 2, 2, Duration.ofSeconds(1)))) {
      var started = ticking(1).lanes(lanes, 4).startForEach(List.of(0, 1, 2, 3, 4), _ -> {});
      simulation.after(Duration.ofMillis(5), () -> started.cancel(true));

      var summary = simulation.await(started);

      assertThat(summary.cancelled()).isEqualTo(1);
      assertThat(summary.notStarted()).isEqualTo(4);
    }
  }

  @Test
  void whatWasDrainedWaitsNoLonger() {
    for (var each :
        List.of(
            Lanes.<Integer>byKey(item -> item % 2),
            Lanes.<Integer>weighted(item -> item % 2, 1, 1),
            Lanes.<Integer>priority(item -> item % 2, 2, Duration.ofSeconds(1)))) {
      var lanes = each.get();
      IntStream.range(0, 4).forEach(item -> lanes.offer(() -> item));
      assertThat(lanes.poll(0)).isInstanceOf(Lanes.Next.Start.class);
      lanes.offer(() -> 4);

      assertThat(lanes.drain()).extracting(Waiting::item).containsExactlyInAnyOrder(1, 2, 3, 4);
      assertThat(lanes.drain()).isEmpty();
      assertThat(lanes.poll(0)).isEqualTo(new Lanes.Next.Blocked<>());
    }
  }
}
