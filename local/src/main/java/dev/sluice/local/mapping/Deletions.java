package dev.sluice.local.mapping;

import dev.sluice.archive.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;

/// Deletes the messages that were handled, ten in a request. Those that a request failed are tried
/// again, four times in all, 100, 200 and 400 ms apart. A message that is not deleted then comes
/// back and is handled twice. Any thread.
final class Deletions {
  private static final int MOST_OF_A_REQUEST = 10;
  private static final int TRIES = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /// Waits between two tries.
  interface RetryPause {
    void of(Duration time) throws InterruptedException;
  }

  private final SqsAsyncClient sqs;
  private final String queueUrl;
  private final RetryPause pause;

  Deletions(SqsAsyncClient sqs, String queueUrl, RetryPause pause) {
    this.sqs = sqs;
    this.queueUrl = queueUrl;
    this.pause = pause;
  }

  /// Returns when all are deleted or given up; prints a line for each that was given up.
  void delete(List<Message> done) throws InterruptedException {
    for (var from = 0; from < done.size(); from += MOST_OF_A_REQUEST) {
      deleteSome(done.subList(from, Math.min(done.size(), from + MOST_OF_A_REQUEST)));
    }
  }

  private void deleteSome(List<Message> some) throws InterruptedException {
    var left = some;
    var wait = FIRST_PAUSE;
    for (var tries = 1; !left.isEmpty(); tries++) {
      left = failed(left, tries == TRIES);
      if (!left.isEmpty()) {
        pause.of(wait);
        wait = wait.multipliedBy(2);
      }
    }
  }

  /// Deletes them once and gives those to try again.
  private List<Message> failed(List<Message> messages, boolean isLastTry)
      throws InterruptedException {
    var again = new ArrayList<Message>();
    try {
      var answer =
          sqs.deleteMessageBatch(delete -> delete.queueUrl(queueUrl).entries(entries(messages)))
              .get();
      for (var entry : answer.failed()) {
        var message = messages.get(Integer.parseInt(entry.id()));
        if (isLastTry || entry.senderFault()) { // a receipt that is no longer valid stays so
          say(message, entry.code());
        } else {
          again.add(message);
        }
      }
    } catch (ExecutionException refused) {
      if (isLastTry) {
        messages.forEach(message -> say(message, String.valueOf(refused.getCause())));
      } else {
        again.addAll(messages);
      }
    }
    return again;
  }

  private static List<DeleteMessageBatchRequestEntry> entries(List<Message> messages) {
    var entries = new ArrayList<DeleteMessageBatchRequestEntry>();
    for (var message : messages) {
      entries.add(
          DeleteMessageBatchRequestEntry.builder()
              .id("" + entries.size())
              .receiptHandle(message.receiptHandle())
              .build());
    }
    return entries;
  }

  private void say(Message message, String why) {
    System.out.println(
        Json.object()
            .put("level", "warn")
            .put("queue", queueUrl)
            .put("message", message.messageId())
            .put("error", "not deleted, so it comes back: " + why));
  }
}
