package dev.sluice.local.pipeline;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.sluice.edge.SqsFunction;
import dev.sluice.flow.Message;
import dev.sluice.local.mapping.Arns;
import dev.sluice.local.template.Template;
import dev.sluice.memory.MemoryQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The event source mapping of one function, on twins.
final class SimulatedMapping {
  /// How often a batch is handled.
  enum Delivery {
    ONCE,

    /// Once more, when it was handled and before its messages are deleted.
    TWICE,

    /// By two invocations at the same time.
    SIDE_BY_SIDE
  }

  private final Pipeline pipeline;
  private final Template.Function function;
  private final Template.Mapping mapping;
  private final Template.Queue settings;
  private final MemoryQueue<Message> queue;
  private final Function<Hands, SqsFunction<?>> code;
  private final Set<Invocation> running = new LinkedHashSet<>();
  private final Set<Invocation> alive = new LinkedHashSet<>();
  private int received;
  private int lagging;
  private int newest; // of those that came
  private int overtaken;
  private int timeouts;
  private int mostAtOnce;
  private boolean stopped;
  private @Nullable Long wakesAt;

  SimulatedMapping(
      Pipeline pipeline,
      Template.Function function,
      Template.Mapping mapping,
      Template.Queue settings,
      MemoryQueue<Message> queue,
      Function<Hands, SqsFunction<?>> code) {
    this.pipeline = pipeline;
    this.function = function;
    this.mapping = mapping;
    this.settings = settings;
    this.queue = queue;
    this.code = code;
  }

  boolean isQuiet() {
    return alive.isEmpty() && lagging == 0 && queue.depth().total() == 0;
  }

  boolean feeds(String name) {
    return function.name().equals(name);
  }

  /// Takes no message until it goes on.
  void stop() {
    stopped = true;
  }

  void goOn() {
    stopped = false;
    wake();
  }

  /// The most invocations at once.
  int mostAtOnce() {
    return mostAtOnce;
  }

  /// Invocations that were killed at their timeout.
  int timeouts() {
    return timeouts;
  }

  /// Batches that came after one that was received later.
  int overtaken() {
    return overtaken;
  }

  /// Kills all that runs.
  void kill() {
    List.copyOf(alive).forEach(Invocation::die);
  }

  /// Looks at the queue soon.
  void wake() {
    wake(Duration.ZERO);
  }

  private void wake(Duration after) {
    var at = pipeline.simulation().nanoTime() + after.toNanos();
    if (wakesAt == null || at < wakesAt) {
      wakesAt = at;
      pipeline
          .simulation()
          .after(
              after,
              () -> {
                if (wakesAt != null && wakesAt == at) {
                  wakesAt = null;
                  poll();
                }
              });
    }
  }

  private void poll() {
    while (!stopped && running.size() < mapping.concurrency()) {
      var before = queue.depth().total();
      var batch = queue.receive(mapping.batchMessages());
      if (queue.depth().total() < before) {
        pipeline.wake(); // what was received too often lies among the dead letters now
      }
      if (batch.isEmpty()) {
        queue.untilNext().ifPresent(this::wake);
        return;
      }
      var number = ++received;
      switch (pipeline.world().deliveries().get()) {
        case ONCE -> invokeSoon(number, batch, () -> {});
        case TWICE -> invokeSoon(number, batch, () -> invoke(batch, () -> {}));
        case SIDE_BY_SIDE -> {
          invokeSoon(number, batch, () -> {});
          invokeSoon(number, batch, () -> {});
        }
      }
    }
  }

  private void invokeSoon(int number, List<MemoryQueue.ReceivedMessage> batch, Runnable handled) {
    var lag = pipeline.world().lags().get();
    if (lag.isZero()) {
      newest = number;
      invoke(batch, handled);
    } else {
      lagging++;
      pipeline
          .simulation()
          .after(
              lag,
              () -> {
                lagging--;
                if (number < newest) {
                  overtaken++;
                }
                newest = Math.max(newest, number);
                invoke(batch, handled);
              });
    }
  }

  /// @param handled is called before the messages that were done are deleted
  private void invoke(List<MemoryQueue.ReceivedMessage> batch, Runnable handled) {
    // Throttled: the function is not invoked, and the messages come back when they are visible.
    if (pipeline.effects().next(function.name() + " is invoked") != Effects.Fate.HAPPENS) {
      wake();
      return;
    }
    var simulation = pipeline.simulation();
    var reserve = Duration.ofMillis(Long.parseLong(function.environment().get("RESERVE_MILLIS")));
    var invocation =
        new Invocation(
            pipeline,
            function.name(),
            function.environment(),
            queue,
            function.timeout(),
            simulation.run(function.timeout().minus(reserve)),
            over -> {
              running.remove(over);
              wake();
            },
            alive::remove);
    running.add(invocation);
    alive.add(invocation);
    mostAtOnce = Math.max(mostAtOnce, running.size());
    simulation.after(
        function.timeout(),
        () -> {
          if (!invocation.isOver()) {
            timeouts++;
            invocation.end();
          }
        });
    code.apply(invocation)
        .start(event(batch), invocation.run())
        .whenComplete((answer, failure) -> {
          if (!invocation.isOver()) {
            answered(batch, invocation, failure == null ? answer : null, handled);
          }
        });
  }

  /// @param answer null if the invocation failed
  private void answered(
      List<MemoryQueue.ReceivedMessage> batch,
      Invocation invocation,
      @Nullable SQSBatchResponse answer,
      Runnable handled) {
    var isHeard = pipeline.effects().next(function.name() + " answers") == Effects.Fate.HAPPENS;
    invocation.end();
    if (answer == null || !isHeard) {
      return;
    }
    handled.run();
    Set<String> failed = new HashSet<>();
    answer.getBatchItemFailures().stream()
        .limit(pipeline.has(Defect.FIFO_GIVES_BACK_TOO_LITTLE) && settings.fifo() ? 1 : 10)
        .forEach(item -> failed.add(item.getItemIdentifier()));
    for (var message : batch) {
      if (!failed.contains(message.id())) {
        pipeline.soon(() -> {
          if (pipeline.effects().next(function.name() + " deletes") == Effects.Fate.HAPPENS) {
            queue.delete(message.receipt());
          }
          wake();
        });
      }
    }
  }

  private SQSEvent event(List<MemoryQueue.ReceivedMessage> batch) {
    var records = new ArrayList<SQSEvent.SQSMessage>();
    for (var message : batch) {
      var record = new SQSEvent.SQSMessage();
      record.setMessageId(message.id());
      record.setReceiptHandle(message.receipt());
      record.setBody(message.body());
      record.setEventSourceArn(Arns.queue(settings.queueName()));
      var attributes = new HashMap<String, String>();
      attributes.put("ApproximateReceiveCount", "" + message.receives());
      if (settings.fifo()) {
        attributes.put("MessageGroupId", message.groupId());
      }
      record.setAttributes(attributes);
      records.add(record);
    }
    var event = new SQSEvent();
    event.setRecords(records);
    return event;
  }
}
