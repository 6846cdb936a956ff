package dev.sluice.async;

import dev.sluice.async.Channel.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future.State;
import java.util.concurrent.TimeoutException;

/// One history of a channel: sends and receives with deadlines, and strangers who complete, fail or
/// cancel the futures that they were given. Each item that was taken comes out once.
final class ChannelHistory {
  private static final int STEPS = 40;

  private final World world;
  private final Channel<Integer> channel;
  private final Map<Integer, Given<Boolean>> sends = new HashMap<>();
  private final List<Given<Received<Integer>>> receives = new ArrayList<>();

  /// A future that the channel gave to somebody, and whether he completed it: that is no word of
  /// the channel.
  private static final class Given<V> {
    private final CompletableFuture<V> future;
    private boolean isHis;

    Given(CompletableFuture<V> future) {
      this.future = future;
    }

    boolean isTold() {
      return !isHis && future.state() == State.SUCCESS;
    }
  }

  ChannelHistory(long seed) {
    world = new World(seed);
    channel = new Channel<>(1 + world.random.nextInt(3), world);
  }

  void play() {
    for (var step = 0; step < STEPS; step++) {
      switch (world.random.nextInt(5)) {
        case 0, 1 -> sends.put(step, new Given<>(channel.send(step, deadline())));
        case 2, 3 -> receives.add(new Given<>(channel.receive(deadline())));
        default -> stranger();
      }
      if (world.chance(4)) {
        world.advance(world.random.nextLong(History.MILLI * 10));
      }
      if (world.hasWork() && world.chance(2)) {
        world.work();
      }
    }
    world.playOut();
    channel.close();
    do {
      receives.add(new Given<>(channel.receive(Deadline.NEVER)));
    } while (receives.getLast().future.resultNow() instanceof Received.Item);
    check();
  }

  private Deadline deadline() {
    return world.chance(2)
        ? Deadline.NEVER
        : Deadline.in(Duration.ofMillis(world.random.nextInt(20)), world::nanoTime);
  }

  private void stranger() {
    if (world.chance(2)) {
      act(receives, new Received.Late<>());
    } else {
      act(List.copyOf(sends.values()), true);
    }
  }

  /// Whoever was given a future may do with it what a future lets him.
  private <V> void act(List<Given<V>> all, V value) {
    if (all.isEmpty()) {
      return;
    }
    var given = all.get(world.random.nextInt(all.size()));
    var future = given.future;
    var wasDone = future.isDone();
    switch (world.random.nextInt(4)) {
      case 0 -> future.complete(value);
      case 1 -> future.completeExceptionally(new TimeoutException());
      case 2 -> future.completeAsync(() -> value, Runnable::run);
      default -> future.cancel(true);
    }
    given.isHis |= !wasDone && future.isDone();
  }

  private void check() {
    var received = new HashMap<Integer, Integer>();
    for (var each : receives) {
      if (each.isTold() && each.future.resultNow() instanceof Received.Item<Integer>(var item)) {
        received.merge(item, 1, Integer::sum);
      }
    }
    sends.forEach((item, sent) -> {
      var isTaken = sent.isTold() && sent.future.resultNow();
      var times = received.getOrDefault(item, 0);
      if (times != (isTaken ? 1 : 0)) {
        throw new AssertionError(
            "item " + item + " was taken: " + isTaken + ", and came out " + times + " times");
      }
    });
  }
}
