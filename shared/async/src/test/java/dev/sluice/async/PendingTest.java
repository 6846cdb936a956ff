package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PendingTest {
  private final Pending<Integer, Integer> pending = new Pending<>(null, 9);
  private final Core<Integer, Integer> core =
      new Core<>(
          FanOut.of((item, _) -> CompletableFuture.completedFuture(item)),
          new World(1),
          List.of(),
          (_, _) -> {},
          () -> {});

  private void backOff(int item, long due) {
    var flight = new Flight<>(core, item, item);
    flight.due = due;
    pending.backOff(flight);
  }

  private List<Integer> after(long now) {
    var items = new ArrayList<Integer>();
    for (var flight = pending.afterBackOff(now);
        flight != null;
        flight = pending.afterBackOff(now)) {
      items.add(flight.item());
    }
    return items;
  }

  @Test
  void backOffsEndAtTheirInstantsTheSoonestFirst() {
    backOff(1, 30);
    backOff(2, 10);
    backOff(3, 20);

    assertThat(pending.due()).isEqualTo(10);
    assertThat(after(9)).isEmpty();
    assertThat(after(20)).containsExactly(2, 3);
    assertThat(pending.due()).isEqualTo(30);
  }

  @Test
  void ofBackOffsThatEndTogetherTheEarlierInputIsFirst() {
    for (var item : List.of(4, 2, 3, 1)) {
      backOff(item, 10);
    }

    assertThat(after(10)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void instantsOfAClockThatWrapsKeepTheirOrder() {
    backOff(1, Long.MIN_VALUE + 5);
    backOff(2, Long.MAX_VALUE - 5);

    assertThat(after(Long.MAX_VALUE)).containsExactly(2);
    assertThat(after(Long.MIN_VALUE + 5)).containsExactly(1);
  }
}
