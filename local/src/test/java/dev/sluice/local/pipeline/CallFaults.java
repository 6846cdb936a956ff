package dev.sluice.local.pipeline;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;

/// Has calls of functions fail that the servers themselves never would: some are not sent, of some
/// the answer is lost when all is done. The SDK makes one for each client of the process, as a file
/// on the class path tells it; what the mappings ask of SQS is left alone, as Lambda's own pollers
/// are none of ours. Any thread.
public final class CallFaults implements ExecutionInterceptor {
  /// What becomes of a call.
  enum Fate {
    NOT_SENT,
    ANSWER_LOST
  }

  // Of the whole process; the lock of the class guards both.
  private static SplittableRandom random = new SplittableRandom();
  private static double rate;
  private static final Map<Fate, Integer> COUNTS = new EnumMap<>(Fate.class);

  /// From now on of a hundred calls so many fail, of each fate.
  static synchronized void begin(long seed, int percent) {
    random = new SplittableRandom(seed);
    rate = percent / 100.0;
    COUNTS.clear();
  }

  /// From now on none fails.
  ///
  /// @return how many did
  static synchronized Map<Fate, Integer> end() {
    rate = 0;
    return Map.copyOf(COUNTS);
  }

  private static synchronized void draw(Fate fate, SdkRequest request) {
    if (rate > 0 && isOfAFunction(request) && random.nextDouble() < rate) {
      COUNTS.merge(fate, 1, Integer::sum);
      throw SdkClientException.create(
          "planted: " + fate + " " + request.getClass().getSimpleName());
    }
  }

  private static boolean isOfAFunction(SdkRequest request) {
    return request instanceof S3Request
        || request instanceof SendMessageBatchRequest
        || request instanceof ChangeMessageVisibilityBatchRequest
        || request instanceof GetQueueAttributesRequest;
  }

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    draw(Fate.NOT_SENT, context.request());
  }

  @Override
  public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
    draw(Fate.ANSWER_LOST, context.request());
  }
}
