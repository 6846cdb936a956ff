package dev.sluice.local.mapping;

import dev.sluice.archive.Json;
import dev.sluice.local.template.Template;
import java.io.IOError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

/// Does for one mapping the work of Lambda: receives batches, invokes the function with each, and
/// deletes the messages that did not fail. Those that failed become visible again by themselves.
/// `docs/mapping.md` compares it with Lambda, row by row.
///
/// One thread receives. A slot is taken before the receive, so that a message is taken when it can
/// be handled at once; it goes back when the invocation has ended and its messages are deleted. An
/// environment is in `idle`, or with the one invocation that uses it. An error of the queue ends
/// nothing: it is asked again, less and less often, until it has not answered for 30 s.
public final class Poller implements Runnable {
  /// The payload of a synchronous invocation, 6 MB as Lambda counts them.
  private static final int MOST_EVENT_BYTES = 6 * 1024 * 1024;

  private static final int LONG_POLL_SECONDS = 5;

  /// The visibility of a queue for which the template gives none.
  private static final Duration DEFAULT_VISIBILITY = Duration.ofSeconds(30);

  /// While messages wait behind locked groups, a long poll has ElasticMQ look again and again,
  /// which takes a whole processor. So a FIFO queue that has a message in flight is asked without a
  /// wait, and again after this time or when an invocation has ended.
  private static final Duration FIFO_PAUSE = Duration.ofMillis(50);

  private static final Duration FIRST_REFUSAL_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_REFUSAL_PAUSE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration BREAK = Duration.ofMillis(500);

  private final Template.Function function;
  private final Template.Mapping mapping;
  private final Template.Queue queue;
  private final String queueUrl;
  private final SqsAsyncClient sqs;
  private final Counters counters;
  private final Deletions deletions;
  private final DeadLetters deadLetters;
  private final Gathering gathering;
  private final Deque<Environment> idle = new ConcurrentLinkedDeque<>();
  private final ExecutorService invocations;

  /// Invocations in a row that ended with the process broken. Exact while they end one by one.
  private final AtomicInteger brokenInARow = new AtomicInteger();

  private final MappingState state;
  private volatile @Nullable CompletableFuture<ReceiveMessageResponse> asking;

  /// The poller's thread alone: since when the queue has not answered, and how often it was asked.
  private long refusedSince;

  private int refusals;

  public Poller(
      Template.Function function,
      Template.Mapping mapping,
      Template.Queue queue,
      String queueUrl,
      DeadLetters deadLetters,
      SqsAsyncClient sqs,
      Counters counters) {
    this.function = function;
    this.mapping = mapping;
    this.queue = queue;
    this.queueUrl = queueUrl;
    this.sqs = sqs;
    this.counters = counters;
    this.deadLetters = deadLetters;
    var visibility = queue.visibility() == null ? DEFAULT_VISIBILITY : queue.visibility();
    var most = mapping.batchMessages();
    state =
        new MappingState(
            new Slots(mapping.concurrency()),
            new Backlog(queue.fifo(), most, MOST_EVENT_BYTES, visibility.toNanos()));
    deletions = new Deletions(sqs, queueUrl, state::rest);
    gathering =
        new Gathering(new Receives(), mapping.window(), LONG_POLL_SECONDS, System::nanoTime);
    invocations =
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("mapping-" + function.name() + "-", 0).factory());
  }

  /// Asks for no more messages; invocations that are under way may end. Any thread.
  public void stop() {
    state.stop();
    var poll = asking;
    if (poll != null) {
      poll.cancel(true); // a long poll ends now, not in up to 5 s
    }
  }

  /// Runs until [#stop], and then until the invocations under way have ended; an interrupt ends it
  /// at once.
  @Override
  public void run() {
    try {
      while (state.takeSlot()) {
        var batch = List.<EventRecord>of();
        try {
          batch = queue.fifo() ? nextOfGroups() : nextGathered();
        } finally {
          if (batch.isEmpty()) {
            state.unused();
          }
        }
        if (!batch.isEmpty()) {
          var next = batch;
          invocations.execute(() -> invoke(next));
        } else if (queue.fifo()) {
          state.restOrChange(FIFO_PAUSE);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      end();
    }
  }

  private List<EventRecord> nextGathered() throws InterruptedException {
    gathering.gather();
    return state.next();
  }

  private List<EventRecord> nextOfGroups() throws InterruptedException {
    var waited = state.next();
    if (!waited.isEmpty()) {
      return waited;
    }
    ask(state.isIdle() ? LONG_POLL_SECONDS : 0);
    return state.next();
  }

  private boolean ask(int seconds) throws InterruptedException {
    try {
      keep(receive(state.room(), seconds));
      refusals = 0;
      return true;
    } catch (CancellationException stopped) {
      return false; // by stop()
    } catch (ExecutionException refused) {
      refused(refused);
      return false;
    }
  }

  private List<Message> receive(int most, int seconds)
      throws InterruptedException, ExecutionException {
    var poll =
        sqs.receiveMessage(ask ->
            ask.queueUrl(queueUrl)
                .maxNumberOfMessages(most)
                .waitTimeSeconds(seconds)
                .messageAttributeNames("All")
                .messageSystemAttributeNames(MessageSystemAttributeName.ALL));
    asking = poll;
    if (state.isStopping()) {
      poll.cancel(true); // stop() came before it could see this one
    }
    return poll.get().messages();
  }

  private void refused(ExecutionException refused) throws InterruptedException {
    var now = System.nanoTime();
    if (refusals++ == 0) {
      refusedSince = now;
    }
    if (state.isStopping()) {
      return;
    }
    if (now - refusedSince >= PATIENCE.toNanos()) {
      isBroken("the queue " + queue.queueName() + " does not answer: " + refused.getCause());
      return;
    }
    var pause = FIRST_REFUSAL_PAUSE.multipliedBy(1L << Math.min(refusals - 1, 10));
    state.rest(pause.compareTo(LONGEST_REFUSAL_PAUSE) < 0 ? pause : LONGEST_REFUSAL_PAUSE);
  }

  private void isBroken(String why) {
    counters.broken().compareAndSet(null, why);
  }

  /// Keeps the messages that pass the filters and deletes the others, as Lambda does.
  private void keep(List<Message> received) throws InterruptedException {
    var pass = new ArrayList<EventRecord>();
    var miss = new ArrayList<Message>();
    for (var message : received) {
      if (mapping.filters().pass(message.body())) {
        pass.add(EventRecord.of(message, queue.queueName()));
      } else {
        miss.add(message);
      }
    }
    for (var record : state.add(pass)) {
      say(
          "message "
              + record.id()
              + " is not handed over: an event with it alone has more than "
              + MOST_EVENT_BYTES
              + " bytes, "
              + record.bytes()
              + " of them its own");
    }
    deletions.delete(miss);
  }

  private void say(String error) {
    System.out.println(
        Json.object().put("level", "error").put("function", function.name()).put("error", error));
  }

  /// How an invocation ended.
  ///
  /// @param failed ids of the messages that come back
  /// @param error whether the function failed, rather than messages
  private record InvocationEnd(Set<String> failed, boolean error) {}

  private void invoke(List<EventRecord> batch) {
    var all = new HashSet<String>();
    batch.forEach(record -> all.add(record.id()));
    var ended = new InvocationEnd(all, true);
    try {
      ended = handle(batch, all);
      var failed = ended.failed();
      deletions.delete(
          batch.stream()
              .filter(record -> !failed.contains(record.id()))
              .map(EventRecord::message)
              .toList());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (IllegalArgumentException noHandler) {
      isBroken(String.valueOf(noHandler.getMessage()));
    } finally {
      state.ended(batch, ended.error(), ended.failed());
    }
  }

  private InvocationEnd handle(List<EventRecord> batch, Set<String> all)
      throws InterruptedException {
    var lineage = Lineage.of(batch).with(function.name());
    if (lineage.isTooDeep() && !function.mayRecur()) {
      return refuse(batch, all, lineage);
    }
    var begun = System.nanoTime();
    var warm = idle.poll();
    var environment = warm == null ? Environment.start(function) : warm;
    try {
      var answer =
          environment.invoke(
              EventRecord.event(batch), UUID.randomUUID().toString(), lineage.header());
      idle.push(environment);
      brokenInARow.set(0);
      counters.invocations().incrementAndGet();
      return new InvocationEnd(
          mapping.partialResponses() ? BatchAnswer.failed(answer, all) : Set.of(), false);
    } catch (TimeoutException late) {
      counters.timeouts().incrementAndGet(); // closed and fenced: never used again
      return new InvocationEnd(all, true);
    } catch (ExecutionException thrown) {
      failed(environment, thrown.getCause());
      return new InvocationEnd(all, true);
    } catch (InterruptedException stopped) {
      environment.close();
      throw stopped;
    } finally {
      var characters = batch.stream().mapToLong(record -> record.message().body().length()).sum();
      var took = Duration.ofNanos(System.nanoTime() - begun);
      var invoked = new Invoked(function, queue, took, batch.size(), characters, lineage.depth());
      counters.listeners().forEach(listener -> listener.accept(invoked));
    }
  }

  /// Lambda's runtime client ends its process after an error of the JVM, and the next invocation
  /// has a new one. Here all environments share one heap and one disk: when the heap is full, or
  /// the new one is broken as well, another helps no more than this one.
  private void failed(Environment environment, @Nullable Throwable cause) {
    counters.failures().incrementAndGet();
    say(String.valueOf(cause));
    if (cause instanceof VirtualMachineError || cause instanceof IOError) {
      environment.close();
    } else {
      idle.push(environment);
    }
    if ((cause instanceof IOError ? cause.getCause() : cause) instanceof OutOfMemoryError full) {
      isBroken(function.name() + " ran out of memory: " + full.getMessage());
    } else if (!(cause instanceof IOError)) {
      brokenInARow.set(0);
    } else if (brokenInARow.incrementAndGet() > 1) {
      isBroken(function.name() + " cannot go on: " + said(cause.getCause()));
    }
  }

  private static String said(@Nullable Throwable broken) {
    return broken == null || broken.getMessage() == null ? "" + broken : broken.getMessage();
  }

  /// Lambda refuses it each time that it is received; here it is a dead letter at once.
  private InvocationEnd refuse(List<EventRecord> batch, Set<String> all, Lineage lineage) {
    var left = new HashSet<>(all);
    batch.stream()
        .map(EventRecord::message)
        .filter(deadLetters::take)
        .forEach(taken -> left.remove(taken.messageId()));
    say(
        "not invoked for "
            + all.size()
            + " messages of "
            + queue.queueName()
            + ": it would be the "
            + lineage.depth()
            + "th time in one chain of messages, and Lambda ends a chain after "
            + Lineage.MOST
            + " unless the function has RecursiveLoop: Allow; "
            + (left.isEmpty() ? "they are dead letters now" : left.size() + " come back"));
    return new InvocationEnd(left, false);
  }

  private void end() {
    invocations.shutdown();
    try {
      if (!Thread.currentThread().isInterrupted()) {
        invocations.awaitTermination(function.timeout().toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    if (!invocations.isTerminated()) {
      invocations.shutdownNow();
      Thread.interrupted();
      try {
        invocations.awaitTermination(BREAK.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException hurriedAgain) {
        Thread.currentThread().interrupt();
      }
    }
    for (var environment = idle.poll(); environment != null; environment = idle.poll()) {
      environment.close();
    }
  }

  /// The poller's thread alone.
  private final class Receives implements Gathering.BatchSource {
    @Override
    public boolean ask(int seconds) throws InterruptedException {
      return Poller.this.ask(seconds);
    }

    @Override
    public boolean hasAny() {
      return !state.isEmpty();
    }

    @Override
    public boolean isFull() {
      return state.isFull();
    }

    @Override
    public void rest(Duration time) throws InterruptedException {
      state.rest(time);
    }

    @Override
    public boolean isStopping() {
      return state.isStopping();
    }
  }
}
