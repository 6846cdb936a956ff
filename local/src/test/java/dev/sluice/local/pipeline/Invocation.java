package dev.sluice.local.pipeline;

import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import dev.sluice.edge.Log;
import dev.sluice.flow.Message;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.Unavailable;
import dev.sluice.flow.Visibilities;
import dev.sluice.flow.Web;
import dev.sluice.memory.MemoryQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One invocation of a function: what it does to the world takes some milliseconds each way, and
/// happens until the invocation has ended or was killed, unless it wakes as a zombie.
final class Invocation implements Hands {
  private final Pipeline pipeline;
  private final String function;
  private final Map<String, String> env;
  private final MemoryQueue<Message> source;
  private final Duration timeout;
  private final Run run;
  private final Consumer<Invocation> ended;
  private final Consumer<Invocation> dead;
  private final List<Runnable> afterTheNextSend = new ArrayList<>();
  private boolean over;
  private boolean isDead;
  private int asleep;

  /// @param source the queue that it was fed from
  /// @param ended is called once, when it has answered or was killed
  /// @param dead is called once, when nothing more of it happens
  Invocation(
      Pipeline pipeline,
      String function,
      Map<String, String> env,
      MemoryQueue<Message> source,
      Duration timeout,
      Run run,
      Consumer<Invocation> ended,
      Consumer<Invocation> dead) {
    this.pipeline = pipeline;
    this.function = function;
    this.env = env;
    this.source = source;
    this.timeout = timeout;
    this.run = run;
    this.ended = ended;
    this.dead = dead;
  }

  Run run() {
    return run;
  }

  boolean isOver() {
    return over;
  }

  /// Nothing more of it happens.
  boolean isDead() {
    return isDead;
  }

  /// It has answered, or was killed: nothing more of it happens, unless it is asleep.
  void end() {
    if (!over) {
      over = true;
      ended.accept(this);
    }
    if (asleep == 0) {
      die();
    }
  }

  void die() {
    if (!over) {
      over = true;
      ended.accept(this);
    }
    if (!isDead) {
      isDead = true;
      pipeline.simulation().end(run);
      dead.accept(this);
    }
  }

  /// Its messages were given to others, or will be; when it wakes it has as long as they have.
  private void sleep(Runnable wakes) {
    asleep++;
    var visibility = timeout.multipliedBy(6);
    var late = timeout.plus(pipeline.world().upTo(visibility));
    pipeline
        .simulation()
        .after(
            late,
            () -> {
              if (!isDead) {
                wakes.run();
                pipeline
                    .simulation()
                    .after(
                        timeout,
                        () -> {
                          asleep--;
                          if (over && asleep == 0) {
                            die();
                          }
                        });
              }
            });
  }

  private <T> CompletableFuture<T> effect(String what, Supplier<CompletableFuture<T>> act) {
    var answer = new CompletableFuture<T>();
    pipeline.soon(() -> {
      if (isDead) {
        return;
      }
      switch (pipeline.effects().next(function + " " + what)) {
        case HAPPENS -> happens(answer, act);
        case DIES_BEFORE -> die();
        case DIES_AFTER -> {
          var _ = act.get();
          die();
        }
        case DENIED -> answer.completeExceptionally(new IOException(what + ": denied, as planned"));
        case SLOW ->
            pipeline
                .simulation()
                .after(
                    pipeline.world().upTo(timeout),
                    () -> {
                      if (!isDead) {
                        happens(answer, act);
                      }
                    });
        case ZOMBIE -> sleep(() -> happens(answer, act));
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
        pipeline.touches(function, "Get", key);
        return read(() -> pipeline.store().head(key));
      }

      @Override
      public CompletableFuture<Optional<Piece>> get(String key) {
        pipeline.touches(function, "Get", key);
        return read(() -> pipeline.store().get(key));
      }

      // At once: who reads a stream waits for it on a thread, and here there is none to wait.
      @Override
      public CompletableFuture<Optional<Piece>> get(String key, long offset, long length) {
        pipeline.touches(function, "Get", key);
        return pipeline.store().get(key, offset, length);
      }

      @Override
      public CompletableFuture<Optional<Head>> download(String key, Path to) {
        pipeline.touches(function, "Get", key);
        return read(() -> pipeline.store().download(key, to));
      }

      @Override
      public CompletableFuture<Put> put(String key, Content content, Condition condition) {
        pipeline.touches(function, "Put", key);
        if (pipeline.has(Defect.SENDS_BEFORE_THE_COMMIT_POINT)
            && (key.startsWith("plan/") || key.startsWith("warc/"))) {
          return early(key, content, condition);
        }
        var forgotten =
            pipeline.has(Defect.ARCHIVE_WITHOUT_ITS_CONDITION) && key.startsWith("warc/");
        var onlyIf = forgotten ? new Condition.Always() : condition;
        return effect("puts " + key, () -> pipeline.put(key, content, onlyIf));
      }

      // Answers before it has put.
      private CompletableFuture<Put> early(String key, Content content, Condition condition) {
        Content bytes;
        try {
          bytes =
              content instanceof Content.File(var path)
                  ? new Content.Bytes(Files.readAllBytes(path))
                  : content;
        } catch (IOException failed) {
          return CompletableFuture.failedFuture(failed);
        }
        afterTheNextSend.add(() -> {
          var _ = effect("puts " + key, () -> pipeline.put(key, bytes, condition));
        });
        return read(() -> CompletableFuture.completedFuture(new Put.Done("\"early\"")));
      }

      @Override
      public CompletableFuture<Listing> list(String prefix, String after) {
        return read(() -> pipeline.store().list(prefix, after));
      }
    };
  }

  @Override
  public <M extends Message> Outbox<M> bounded(List<String> queueUrls, long high, long low) {
    var first = queueUrls.getFirst();
    pipeline.watch(first, high, this);
    return new Marked<>(pipeline, this, queueUrls, this.<M>unbounded(first), high, low);
  }

  @Override
  public <M extends Message> Outbox<M> unbounded(String queueUrl) {
    return new Outbox<>() {
      @Override
      public CompletableFuture<Boolean> send(M message, Deadline deadline) {
        return sendLater(message, Duration.ZERO, deadline);
      }

      @Override
      public CompletableFuture<Boolean> sendLater(M message, Duration delay, Deadline deadline) {
        var letter = pipeline.planted(message);
        if (letter.isEmpty()) {
          return CompletableFuture.completedFuture(true);
        }
        var sent =
            effect(
                "sends " + letter.get().deduplicationId() + " to " + queueUrl,
                () -> pipeline.send(queueUrl, letter.get(), delay, deadline));
        if (afterTheNextSend.isEmpty()) {
          return sent;
        }
        var late = List.copyOf(afterTheNextSend);
        afterTheNextSend.clear();
        return sent.whenComplete((_, _) -> late.forEach(Runnable::run));
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
