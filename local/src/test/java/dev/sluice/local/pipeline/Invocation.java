package dev.sluice.local.pipeline;

import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import dev.sluice.edge.Log;
import dev.sluice.edge.Visibilities;
import dev.sluice.edge.memory.MemoryQueue;
import dev.sluice.flow.Message;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.Unavailable;
import dev.sluice.flow.Web;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One invocation of a function: what it does to the world takes some milliseconds each way, and
/// happens until the invocation has ended or was killed.
final class Invocation implements Hands {
  private static final Duration ASKS_AGAIN = Duration.ofSeconds(1);

  private final Pipeline pipeline;
  private final String function;
  private final Map<String, String> env;
  private final MemoryQueue<Message> source;
  private final Run run;
  private final Consumer<Invocation> ended;
  private boolean over;

  /// @param source the queue that it was fed from
  /// @param ended is called once
  Invocation(
      Pipeline pipeline,
      String function,
      Map<String, String> env,
      MemoryQueue<Message> source,
      Run run,
      Consumer<Invocation> ended) {
    this.pipeline = pipeline;
    this.function = function;
    this.env = env;
    this.source = source;
    this.run = run;
    this.ended = ended;
  }

  Run run() {
    return run;
  }

  boolean isOver() {
    return over;
  }

  /// It has answered, or was killed: nothing more of it happens.
  void end() {
    if (!over) {
      over = true;
      pipeline.simulation().end(run);
      ended.accept(this);
    }
  }

  private <T> CompletableFuture<T> effect(String what, Supplier<CompletableFuture<T>> act) {
    var answer = new CompletableFuture<T>();
    pipeline.soon(() -> {
      if (over) {
        return;
      }
      switch (pipeline.effects().next(function + " " + what)) {
        case HAPPENS -> happens(answer, act);
        case DIES_BEFORE -> end();
        case DIES_AFTER -> {
          var _ = act.get();
          end();
        }
        case REFUSED ->
            answer.completeExceptionally(
                new Unavailable(what, new IOException("refused, as planned")));
      }
    });
    return answer;
  }

  private <T> CompletableFuture<T> read(Supplier<CompletableFuture<T>> act) {
    var answer = new CompletableFuture<T>();
    pipeline.soon(() -> happens(answer, act));
    return answer;
  }

  private <T> void happens(CompletableFuture<T> answer, Supplier<CompletableFuture<T>> act) {
    act.get()
        .whenComplete((value, failure) ->
            pipeline.soon(() -> {
              if (failure == null) {
                answer.complete(value);
              } else {
                answer.completeExceptionally(failure);
              }
            }));
  }

  @Override
  public Map<String, String> env() {
    return env;
  }

  @Override
  public ObjectStore store() {
    return new ObjectStore() {
      @Override
      public CompletableFuture<Optional<Head>> head(String key) {
        return read(() -> pipeline.store().head(key));
      }

      @Override
      public CompletableFuture<Optional<Piece>> get(String key) {
        return read(() -> pipeline.store().get(key));
      }

      // At once: who reads a stream waits for it on a thread, and here there is none to wait.
      @Override
      public CompletableFuture<Optional<Piece>> get(String key, long offset, long length) {
        return pipeline.store().get(key, offset, length);
      }

      @Override
      public CompletableFuture<Optional<Head>> download(String key, Path to) {
        return read(() -> pipeline.store().download(key, to));
      }

      @Override
      public CompletableFuture<Put> put(String key, Content content, Condition condition) {
        return effect("puts " + key, () -> pipeline.put(key, content, condition));
      }

      @Override
      public CompletableFuture<Listing> list(String prefix, String after) {
        return read(() -> pipeline.store().list(prefix, after));
      }
    };
  }

  @Override
  public <M extends Message> Outbox<M> unbounded(String queueUrl) {
    return bounded(queueUrl, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  @Override
  public <M extends Message> Outbox<M> bounded(String queueUrl, long high, long low) {
    var queue = pipeline.queue(queueUrl);
    return new Outbox<>() {
      @Override
      public CompletableFuture<Boolean> send(M message, Deadline deadline) {
        var sent = new CompletableFuture<Boolean>();
        whenThereIsRoom(message, deadline, sent);
        return sent;
      }

      private void whenThereIsRoom(M message, Deadline deadline, CompletableFuture<Boolean> sent) {
        if (deadline.hasPassed()) {
          sent.complete(false);
        } else if (queue.depth().total() >= high) {
          pipeline.simulation().after(ASKS_AGAIN, () -> whenThereIsRoom(message, deadline, sent));
        } else {
          sendLater(message, Duration.ZERO, deadline)
              .whenComplete((taken, failure) -> {
                if (failure == null) {
                  sent.complete(taken);
                } else {
                  sent.completeExceptionally(failure);
                }
              });
        }
      }

      @Override
      public CompletableFuture<Boolean> sendLater(M message, Duration delay, Deadline deadline) {
        return effect(
            "sends " + message.deduplicationId() + " to " + queueUrl,
            () -> {
              var taken = queue.sendLater(message, delay, deadline);
              pipeline.wake();
              return taken;
            });
      }
    };
  }

  @Override
  public Web web() {
    return pipeline.web();
  }

  @Override
  public Visibilities visibilities() {
    return byReceipt ->
        effect(
            "hides " + byReceipt.size(),
            () -> {
              var changed = source.visibilities().change(byReceipt).toCompletableFuture();
              pipeline.wake();
              return changed.thenApply(_ -> true);
            });
  }

  @Override
  public Log log() {
    return pipeline.log();
  }
}
