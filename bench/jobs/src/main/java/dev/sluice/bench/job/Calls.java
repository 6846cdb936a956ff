package dev.sluice.bench.job;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;

/// Counts what AWS would bill of the calls that functions make, each time one is sent, by the unit
/// of the bill: a name of the price list. The SDK makes one for each client, as a file on the class
/// path tells it; the counts are of the whole process. Any thread.
///
/// The requests of the mappings of `local` to SQS are left out: Lambda asks in another way, see
/// [Meter].
public final class Calls implements ExecutionInterceptor {
  /// The size that SQS bills as one request.
  static final int BILLED_BYTES = 64 * 1024;

  private static final Map<String, LongAdder> UNITS = new ConcurrentHashMap<>();

  /// The counts so far.
  static Map<String, Long> units() {
    var units = new TreeMap<String, Long>();
    UNITS.forEach((unit, count) -> units.put(unit, count.sum()));
    return units;
  }

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    count(context.request());
  }

  static void count(SdkRequest request) {
    switch (request) {
      case SendMessageBatchRequest send -> {
        var bytes = send.entries().stream().mapToLong(entry -> entry.messageBody().length()).sum();
        count(queue(send.queueUrl()), Math.max(1, Math.ceilDiv(bytes, BILLED_BYTES)));
      }
      case ChangeMessageVisibilityBatchRequest change -> count(queue(change.queueUrl()), 1);
      case GetQueueAttributesRequest ask -> count(queue(ask.queueUrl()), 1);
      case DeleteObjectRequest _ -> {} // costs nothing
      case GetObjectRequest _ -> count("s3.get", 1);
      case HeadObjectRequest _ -> count("s3.get", 1);
      case S3Request _ -> count("s3.put", 1);
      default -> {} // of a mapping
    }
  }

  static String queue(String nameOrUrl) {
    return nameOrUrl.endsWith(".fifo") ? "sqs.fifo" : "sqs.standard";
  }

  private static void count(String unit, long units) {
    UNITS.computeIfAbsent(unit, _ -> new LongAdder()).add(units);
  }
}
