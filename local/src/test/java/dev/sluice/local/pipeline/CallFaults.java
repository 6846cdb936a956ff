package dev.sluice.local.pipeline;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;

/// Has happen what the servers themselves never do: calls of functions fail, threads stand still,
/// messages come twice. The SDK makes one for each client of the process, as a file on the class
/// path tells it. Any thread.
public final class CallFaults implements ExecutionInterceptor {
  /// Longer than an invocation may take.
  private static final Duration STANDSTILL = Duration.ofSeconds(6);

  /// What becomes of a call.
  enum Fate {
    /// A function's is not sent.
    NOT_SENT,
    /// Of a function's all is done, and the answer is lost.
    ANSWER_LOST,
    /// A function's is sent when its invocation is over: by a zombie.
    STANDS_STILL,
    /// A mapping's deletion has no effect, so that all of its batch comes once more.
    NOT_DELETED,
    /// What a mapping receives is visible again after a second, while it is worked on.
    VISIBLE_AT_ONCE
  }

  // Of the whole process; the lock of the class guards them.
  private static SplittableRandom random = new SplittableRandom();
  private static Map<Fate, Integer> percent = Map.of();
  private static long calmNanos;
  private static final Map<Fate, Integer> COUNTS = new EnumMap<>(Fate.class);

  /// For a time of a hundred calls that may meet a fate so many do.
  static synchronized void begin(long seed, Map<Fate, Integer> percentOfCalls, Duration time) {
    calmNanos = System.nanoTime() + time.toNanos();
    random = new SplittableRandom(seed);
    percent = percentOfCalls;
    COUNTS.clear();
  }

  /// From now on none does.
  ///
  /// @return how many did
  static synchronized Map<Fate, Integer> end() {
    percent = Map.of();
    return Map.copyOf(COUNTS);
  }

  private static synchronized boolean meets(Fate fate) {
    if (random.nextInt(100) >= percent.getOrDefault(fate, 0)
        || System.nanoTime() - calmNanos >= 0) {
      return false;
    }
    COUNTS.merge(fate, 1, Integer::sum);
    return true;
  }

  private static boolean isOfAFunction(SdkRequest request) {
    return request instanceof S3Request
        || request instanceof SendMessageBatchRequest
        || request instanceof ChangeMessageVisibilityBatchRequest
        || request instanceof GetQueueAttributesRequest;
  }

  @Override
  public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
    return switch (context.request()) {
      case ReceiveMessageRequest receive when meets(Fate.VISIBLE_AT_ONCE) ->
          receive.toBuilder().visibilityTimeout(1).build();
      case DeleteMessageBatchRequest delete when meets(Fate.NOT_DELETED) ->
          delete.toBuilder().entries(strangers(delete)).build();
      default -> context.request();
    };
  }

  private static List<DeleteMessageBatchRequestEntry> strangers(DeleteMessageBatchRequest delete) {
    return delete.entries().stream()
        .map(entry ->
            entry.toBuilder().receiptHandle(entry.receiptHandle() + "-of-no-message").build())
        .toList();
  }

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    if (isOfAFunction(context.request()) && meets(Fate.STANDS_STILL)) {
      LockSupport.parkNanos(STANDSTILL.toNanos());
    }
    fails(Fate.NOT_SENT, context.request());
  }

  @Override
  public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
    fails(Fate.ANSWER_LOST, context.request());
  }

  private static void fails(Fate fate, SdkRequest request) {
    if (isOfAFunction(request) && meets(fate)) {
      throw SdkClientException.create(
          "planted: " + fate + " " + request.getClass().getSimpleName());
    }
  }
}
