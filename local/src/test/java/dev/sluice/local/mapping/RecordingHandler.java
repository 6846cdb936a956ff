package dev.sluice.local.mapping;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;

/// Does with a message what its body asks for, and remembers all: `fail…` is given back, `throw…`
/// and `hang…` end the invocation so, the first time; anything else is done.
@NullUnmarked // fields of an event may be missing
public final class RecordingHandler
    implements RequestHandler<SQSEvent, SQSBatchResponse>, AutoCloseable {
  /// What all handlers of the JVM got, in the order of arrival.
  static final List<SQSEvent> EVENTS = new CopyOnWriteArrayList<>();

  static final AtomicInteger CLOSED = new AtomicInteger();
  private static final Map<String, AtomicInteger> WORKING = new ConcurrentHashMap<>();
  static final AtomicInteger MOST_OF_A_GROUP = new AtomicInteger();
  private static final CountDownLatch NEVER = new CountDownLatch(1);

  public RecordingHandler(Map<String, String> env) {
    if (!env.containsKey("QUEUE_URL")) {
      throw new IllegalArgumentException("QUEUE_URL is missing");
    }
  }

  static List<SQSEvent.SQSMessage> received(Predicate<String> body) {
    return EVENTS.stream()
        .flatMap(event -> event.getRecords().stream())
        .filter(message -> body.test(message.getBody()))
        .toList();
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    EVENTS.add(event);
    var failed = new ArrayList<SQSBatchResponse.BatchItemFailure>();
    for (var message : event.getRecords()) {
      var group = message.getAttributes().getOrDefault("MessageGroupId", message.getMessageId());
      var working = WORKING.computeIfAbsent(group, _ -> new AtomicInteger());
      MOST_OF_A_GROUP.accumulateAndGet(working.incrementAndGet(), Math::max);
      try {
        handle(message, failed);
      } finally {
        working.decrementAndGet();
      }
    }
    return new SQSBatchResponse(failed);
  }

  private static void handle(
      SQSEvent.SQSMessage message, List<SQSBatchResponse.BatchItemFailure> failed) {
    var body = message.getBody();
    var first = message.getAttributes().get("ApproximateReceiveCount").equals("1");
    if (body.startsWith("fail")) {
      failed.add(new SQSBatchResponse.BatchItemFailure(message.getMessageId()));
    } else if (body.startsWith("throw") && first) {
      throw new IllegalStateException("asked to");
    } else if (body.startsWith("hang") && first) {
      try {
        NEVER.await(20, TimeUnit.SECONDS);
      } catch (InterruptedException fenced) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    CLOSED.incrementAndGet();
  }
}
