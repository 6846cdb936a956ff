package dev.sluice.local.contract;

import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.Visibilities;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A queue as a contract asks it, whoever serves it.
interface AnyQueue {
  /// What a server does in another way than SQS. A contract says what it does instead.
  enum Gap {
    /// A group is given on as soon as one of its messages becomes visible again, although another
    /// one is in flight. It takes a batch that holds several of a group and gives them back one by
    /// one: a mapping gives back all that failed at once.
    A_GROUP_IS_UNLOCKED_BY_ANY_OF_ITS_MESSAGES
  }

  /// How a queue is set.
  ///
  /// @param maxReceives before a message goes to the dead letters
  record Setting(boolean fifo, Duration visibility, int maxReceives) {}

  /// A message that was received.
  record Got(String receipt, String body, String groupId, int receives) {}

  Set<Gap> gaps();

  Outbox<FetchTask> outbox();

  /// Sends what no record of ours wrote, to a standard queue.
  void sendBody(String body);

  /// Its dead letters.
  AnyQueue deadLetters();

  /// What can be received now.
  List<Got> poll(int most);

  void delete(Got got);

  Visibilities visibilities();

  default void changeVisibility(Got got, Duration visibility) {
    visibilities().change(Map.of(got.receipt(), visibility)).toCompletableFuture().join();
  }

  /// Visible, in flight and delayed.
  long depth();

  /// The clock that the queue goes by.
  long nanoTime();

  /// Lets time pass on it.
  void pass(Duration time);

  /// What can be received as soon as anything can, within 20 s of the queue's time.
  default List<Got> next(int most) {
    var giveUp = nanoTime() + Duration.ofSeconds(20).toNanos();
    while (nanoTime() - giveUp < 0) {
      var got = poll(most);
      if (!got.isEmpty()) {
        return got;
      }
      pass(Duration.ofMillis(50));
    }
    throw new AssertionError("nothing was received within 20 s");
  }
}
