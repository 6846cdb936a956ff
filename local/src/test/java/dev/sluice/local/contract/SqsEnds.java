package dev.sluice.local.contract;

import dev.sluice.archive.Json;
import dev.sluice.async.Sender;
import dev.sluice.edge.SqsChannel;
import dev.sluice.flow.FetchTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/// A queue as a channel: holds what its high-water mark says, and goes on below the low one.
final class SqsEnds implements ChannelContract.Ends {
  private final SqsQueue queue;
  private final SqsChannel<FetchTask> channel;

  SqsEnds(SqsAsyncClient sqs) {
    queue = SqsQueue.create(sqs, new AnyQueue.Setting(false, Duration.ofMinutes(2), 100), Set.of());
    var capacity = ChannelContract.CAPACITY;
    channel = SqsChannel.bounded(sqs, List.of(queue.url()), capacity, capacity / 2, 4);
  }

  @Override
  public Sender<FetchTask> sender() {
    return channel;
  }

  @Override
  public FetchTask receive() {
    return take(queue.next(1)).getFirst();
  }

  @Override
  public List<FetchTask> rest() {
    var rest = new ArrayList<FetchTask>();
    while (queue.depth() > 0) {
      rest.addAll(take(queue.next(10)));
    }
    return rest;
  }

  private List<FetchTask> take(List<AnyQueue.Got> all) {
    all.forEach(queue::delete);
    return all.stream().map(got -> Json.read(FetchTask.class, got.body())).toList();
  }
}
