package dev.sluice.local.contract;

import dev.sluice.async.Channel;
import dev.sluice.async.Deadline;
import dev.sluice.async.Sender;
import dev.sluice.flow.FetchTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

class BoundedChannelTest extends ChannelContract {
  @Override
  protected Ends open() {
    return new InProcess(Channel.bounded(CAPACITY));
  }

  private record InProcess(Channel<FetchTask> channel) implements Ends {
    @Override
    public Sender<FetchTask> sender() {
      return channel;
    }

    @Override
    public FetchTask receive() throws Exception {
      if (channel.receive(in(20)).get() instanceof Channel.Received.Item<FetchTask>(var task)) {
        return task;
      }
      throw new AssertionError("nothing was received within 20 s");
    }

    @Override
    public List<FetchTask> rest() throws Exception {
      var rest = new ArrayList<FetchTask>();
      while (channel.receive(Deadline.in(Duration.ZERO)).get()
          instanceof Channel.Received.Item<FetchTask>(var task)) {
        rest.add(task);
      }
      return rest;
    }
  }
}
