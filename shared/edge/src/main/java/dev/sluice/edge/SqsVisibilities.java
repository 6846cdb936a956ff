package dev.sluice.edge;

import dev.sluice.flow.Visibilities;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;

/// [Visibilities] of a queue in SQS, ten messages a request.
public final class SqsVisibilities implements Visibilities {
  private static final int MAX_ENTRIES = 10;

  private final SqsAsyncClient sqs;
  private final String queueUrl;

  /// @param queueUrl of the queue that the messages were received from
  public SqsVisibilities(SqsAsyncClient sqs, String queueUrl) {
    this.sqs = sqs;
    this.queueUrl = queueUrl;
  }

  @Override
  public CompletionStage<?> change(Map<String, Duration> byReceipt) {
    var all = new ArrayList<>(byReceipt.entrySet());
    var requests = new ArrayList<CompletableFuture<?>>();
    for (var from = 0; from < all.size(); from += MAX_ENTRIES) {
      requests.add(change(all.subList(from, Math.min(from + MAX_ENTRIES, all.size()))));
    }
    return CompletableFuture.allOf(requests.toArray(CompletableFuture<?>[]::new));
  }

  private CompletableFuture<?> change(List<Map.Entry<String, Duration>> some) {
    var entries = new ArrayList<ChangeMessageVisibilityBatchRequestEntry>();
    for (var each : some) {
      entries.add(
          ChangeMessageVisibilityBatchRequestEntry.builder()
              .id("" + entries.size())
              .receiptHandle(each.getKey())
              .visibilityTimeout((int) Math.ceilDiv(each.getValue().toMillis(), 1000L))
              .build());
    }
    return sqs.changeMessageVisibilityBatch(change -> change.queueUrl(queueUrl).entries(entries))
        .thenAccept(this::check);
  }

  private void check(ChangeMessageVisibilityBatchResponse answer) {
    if (!answer.failed().isEmpty()) {
      var first = answer.failed().getFirst();
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%d of the messages keep their visibility at %s: %s %s",
              answer.failed().size(),
              queueUrl,
              first.code(),
              first.message()));
    }
  }
}
