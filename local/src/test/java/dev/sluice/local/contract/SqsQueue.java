package dev.sluice.local.contract;

import dev.sluice.archive.Json;
import dev.sluice.edge.SqsChannel;
import dev.sluice.edge.SqsVisibilities;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.Visibilities;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// A queue of its own on a server that speaks SQS's protocol; sends go through [SqsChannel].
final class SqsQueue implements AnyQueue {
  private final SqsAsyncClient sqs;
  private final String url;
  private final @Nullable SqsQueue letters;
  private final Set<Gap> gaps;
  private final Outbox<FetchTask> outbox;

  private SqsQueue(SqsAsyncClient sqs, String url, @Nullable SqsQueue letters, Set<Gap> gaps) {
    this.sqs = sqs;
    this.url = url;
    this.letters = letters;
    this.gaps = gaps;
    this.outbox = SqsChannel.unbounded(sqs, url, 4);
  }

  /// A queue and one for its dead letters, under names that nobody else has.
  static SqsQueue create(SqsAsyncClient sqs, Setting setting, Set<Gap> gaps) {
    var name = "q" + UUID.randomUUID();
    var end = setting.fifo() ? ".fifo" : "";
    var attributes = new HashMap<QueueAttributeName, String>();
    attributes.put(QueueAttributeName.VISIBILITY_TIMEOUT, "" + setting.visibility().toSeconds());
    if (setting.fifo()) {
      attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
    }
    var letters = new SqsQueue(sqs, create(sqs, name + "-dead" + end, attributes), null, gaps);
    attributes.put(
        QueueAttributeName.REDRIVE_POLICY,
        Json.object()
            .put("deadLetterTargetArn", letters.attribute(QueueAttributeName.QUEUE_ARN))
            .put("maxReceiveCount", "" + setting.maxReceives())
            .toString());
    return new SqsQueue(sqs, create(sqs, name + end, attributes), letters, gaps);
  }

  private static String create(
      SqsAsyncClient sqs, String name, Map<QueueAttributeName, String> attributes) {
    return sqs.createQueue(create -> create.queueName(name).attributes(attributes))
        .join()
        .queueUrl();
  }

  String url() {
    return url;
  }

  @Override
  public Set<Gap> gaps() {
    return gaps;
  }

  @Override
  public Outbox<FetchTask> outbox() {
    return outbox;
  }

  @Override
  public void sendBody(String body) {
    sqs.sendMessage(send -> send.queueUrl(url).messageBody(body)).join();
  }

  @Override
  public AnyQueue deadLetters() {
    return letters == null ? this : letters;
  }

  @Override
  public List<Got> poll(int most) {
    return sqs
        .receiveMessage(ask ->
            ask.queueUrl(url)
                .maxNumberOfMessages(most)
                .waitTimeSeconds(0)
                .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
        .join()
        .messages()
        .stream()
        .map(message ->
            new Got(
                message.receiptHandle(),
                message.body(),
                message.attributes().getOrDefault(MessageSystemAttributeName.MESSAGE_GROUP_ID, ""),
                Integer.parseInt(
                    message
                        .attributes()
                        .getOrDefault(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "0"))))
        .toList();
  }

  @Override
  public void delete(Got got) {
    sqs.deleteMessage(delete -> delete.queueUrl(url).receiptHandle(got.receipt())).join();
  }

  @Override
  public Visibilities visibilities() {
    return new SqsVisibilities(sqs, url);
  }

  @Override
  public long depth() {
    return Long.parseLong(attribute(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES))
        + Long.parseLong(attribute(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
        + Long.parseLong(attribute(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED));
  }

  private String attribute(QueueAttributeName name) {
    return sqs.getQueueAttributes(ask -> ask.queueUrl(url).attributeNames(name))
        .join()
        .attributes()
        .getOrDefault(name, "0");
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  /// A server's time is real.
  @Override
  public void pass(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", hurried);
    }
  }
}
