package dev.sluice.local.pipeline;

import dev.sluice.archive.Json;
import dev.sluice.async.Sender;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Message;
import dev.sluice.local.contract.ChannelContract;
import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import dev.sluice.memory.MemoryQueue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/// The twin of a bounded channel over SQS, in a pipeline whose clock runs while the tests wait.
class MarkedChannelTest extends ChannelContract {
  /// All of the pipeline happens on this thread.
  private final ScheduledExecutorService world = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void stop() {
    world.shutdownNow();
  }

  @Override
  protected Ends open() {
    return new InPipeline();
  }

  private final class InPipeline implements Ends {
    private final Pipeline pipeline;
    private final MemoryQueue<Message> queue;
    private final Marked<FetchTask> channel;
    private final Deque<CompletableFuture<FetchTask>> receivers = new ArrayDeque<>();

    InPipeline() {
      try {
        pipeline = Sixty.pipeline(1, Effects.Plan.NONE, Delivery.ONCE);
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
      pipeline.mapping("Fetch").stop();
      queue = pipeline.queue("FetchQueue");
      var timeout = Duration.ofDays(1);
      var sender =
          new Invocation(
              pipeline,
              "Split",
              Map.of(),
              pipeline.queue("SplitQueue"),
              timeout,
              pipeline.simulation().run(timeout),
              _ -> {},
              _ -> {});
      channel = (Marked<FetchTask>) sender.<FetchTask>bounded(List.of("FetchQueue"), CAPACITY, 2);
      world.scheduleWithFixedDelay(this::pass, 0, 5, TimeUnit.MILLISECONDS);
    }

    /// Ten times as fast as ours.
    private void pass() {
      var simulation = pipeline.simulation();
      var until = simulation.now().plusMillis(50);
      simulation.after(Duration.ofMillis(50), () -> {});
      while (simulation.now().isBefore(until)) {
        simulation.step();
      }
      while (!receivers.isEmpty() && queue.depth().visible() > 0) {
        receivers.remove().complete(take(1).getFirst());
      }
    }

    private <T> T there(Callable<T> what) {
      try {
        return world.submit(what).get();
      } catch (Exception failed) {
        throw new CompletionException(failed);
      }
    }

    @Override
    public Sender<FetchTask> sender() {
      return (task, deadline) -> there(() -> channel.send(task, deadline));
    }

    @Override
    public FetchTask receive() throws Exception {
      var receiver = new CompletableFuture<FetchTask>();
      there(() -> receivers.add(receiver));
      return receiver.get(20, TimeUnit.SECONDS);
    }

    @Override
    public List<FetchTask> rest() {
      var rest = new ArrayList<FetchTask>();
      while (there(() -> queue.depth().total()) > 0) {
        rest.addAll(there(() -> take(10)));
      }
      return rest;
    }

    private List<FetchTask> take(int most) {
      var all = queue.receive(most);
      all.forEach(got -> queue.delete(got.receipt()));
      return all.stream().map(got -> Json.read(FetchTask.class, got.body())).toList();
    }
  }
}
