package dev.sluice.local.mapping;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;

/// A real client that remembers what was received and refuses as often as it is told to.
final class WatchedSqs implements SqsAsyncClient {
  /// `WaitTimeSeconds` of each receive.
  final List<Integer> waits = new CopyOnWriteArrayList<>();

  final AtomicInteger receivesToRefuse = new AtomicInteger();
  final AtomicInteger deletesToRefuse = new AtomicInteger();
  private final SqsAsyncClient real;

  WatchedSqs(SqsAsyncClient real) {
    this.real = real;
  }

  @Override
  public CompletableFuture<ReceiveMessageResponse> receiveMessage(ReceiveMessageRequest request) {
    waits.add(request.waitTimeSeconds());
    return isRefused(receivesToRefuse) ? refusal() : real.receiveMessage(request);
  }

  @Override
  public CompletableFuture<DeleteMessageBatchResponse> deleteMessageBatch(
      DeleteMessageBatchRequest request) {
    return isRefused(deletesToRefuse) ? refusal() : real.deleteMessageBatch(request);
  }

  private static boolean isRefused(AtomicInteger left) {
    return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }

  private static <T> CompletableFuture<T> refusal() {
    return CompletableFuture.failedFuture(
        SqsException.builder().statusCode(503).message("RequestThrottled").build());
  }

  @Override
  public String serviceName() {
    return real.serviceName();
  }

  @Override
  public void close() {}
}
