package dev.sluice.local.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.sluice.edge.Aws;
import dev.sluice.local.stack.Stack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/// What the mapping does between a real queue and a function, as the template `mapping.yaml` says.
@NullUnmarked // set before all tests
class MappingIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir static Path folder;
  private static Stack stack;
  private static Aws aws;

  @BeforeAll
  static void start() throws Exception {
    stack = Stack.start(Path.of("src", "test", "resources", "mapping.yaml"), folder, Map.of());
    aws = Aws.open(stack.environment("Plain"));
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      aws.close();
      stack.close();
    }
  }

  private static void send(String function, String group, String... bodies) {
    var queue = stack.environment(function).get("QUEUE_URL");
    for (var body : bodies) {
      aws.sqs()
          .sendMessage(message -> {
            message.queueUrl(queue).messageBody(body);
            if (!group.isEmpty()) {
              message.messageGroupId(group).messageDeduplicationId(UUID.randomUUID().toString());
            }
          })
          .join();
    }
  }

  /// Ten at a time, so that ten are there when a poller asks.
  private static void sendTogether(String function, String... bodies) {
    var queue = stack.environment(function).get("QUEUE_URL");
    for (var from = 0; from < bodies.length; from += 10) {
      var entries =
          IntStream.range(from, Math.min(bodies.length, from + 10))
              .mapToObj(i ->
                  SendMessageBatchRequestEntry.builder().id("" + i).messageBody(bodies[i]).build())
              .toList();
      aws.sqs().sendMessageBatch(batch -> batch.queueUrl(queue).entries(entries)).join();
    }
  }

  private static void until(BooleanSupplier holds) {
    Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(50)).until(holds::getAsBoolean);
  }

  private static List<SQSEvent.SQSMessage> received(String prefix) {
    return RecordingHandler.received(body -> body.startsWith(prefix));
  }

  private static List<String> bodies(String prefix) {
    return received(prefix).stream().map(SQSEvent.SQSMessage::getBody).toList();
  }

  private static List<Message> deadLetters() {
    return aws.sqs()
        .receiveMessage(ask ->
            ask.queueUrl(stack.environment("Plain").get("DEAD_LETTERS_URL"))
                .maxNumberOfMessages(10)
                .visibilityTimeout(0))
        .join()
        .messages();
  }

  @Test
  void anInvocationGetsAtMostTheBatchThatTheTemplateAllowsAndEachMessageIsDoneOnce() {
    var sent = IntStream.range(0, 40).mapToObj(i -> "batch " + i).toArray(String[]::new);

    sendTogether("Plain", sent);

    until(() -> received("batch").size() >= sent.length);
    assertThat(bodies("batch")).containsExactlyInAnyOrder(sent);
    assertThat(RecordingHandler.EVENTS).allMatch(event -> event.getRecords().size() <= 5);
  }

  @Test
  void onlyWhatTheAnswerNamesComesBackAndInTheEndIsADeadLetter() {
    send("Plain", "", "fail this", "done with this");

    until(() -> deadLetters().stream().anyMatch(letter -> letter.body().equals("fail this")));

    assertThat(received("fail this"))
        .extracting(message -> message.getAttributes().get("ApproximateReceiveCount"))
        .containsExactly("1", "2");
    assertThat(received("done with this")).hasSize(1);
  }

  @Test
  void whatAnInvocationThatThrewHadComesBack() {
    send("Plain", "", "throw once");

    until(() -> received("throw once").size() == 2);

    assertThat(stack.counters().failures().get()).isPositive();
  }

  @Test
  void anInvocationPastItsTimeoutIsFencedAndItsMessageComesBack() {
    var closed = RecordingHandler.CLOSED.get();

    send("Plain", "", "hang once");

    until(() -> received("hang once").size() == 2);
    assertThat(stack.counters().timeouts().get()).isPositive();
    assertThat(RecordingHandler.CLOSED.get()).as("its clients are closed").isGreaterThan(closed);
  }

  @Test
  void aGroupIsHandledInItsOrderByOneInvocationAtATimeWhileOthersGoOn() {
    var a = IntStream.range(0, 15).mapToObj(i -> "alpha " + i).toArray(String[]::new);
    var b = IntStream.range(0, 15).mapToObj(i -> "beta " + i).toArray(String[]::new);

    send("Group", "A", a);
    send("Group", "B", b);

    until(() -> received("alpha").size() >= a.length && received("beta").size() >= b.length);
    assertThat(bodies("alpha")).containsExactly(a);
    assertThat(bodies("beta")).containsExactly(b);
    assertThat(RecordingHandler.MOST_OF_A_GROUP).hasValue(1);
  }

  @Test
  void anEventLooksAsLambdasDoes() {
    send("Group", "shape", "shape me");

    until(() -> !received("shape me").isEmpty());

    var message = received("shape me").getFirst();
    assertThat(message.getEventSourceArn())
        .isEqualTo("arn:aws:sqs:eu-west-1:000000000000:GroupQueue.fifo");
    assertThat(message.getEventSource()).isEqualTo("aws:sqs");
    assertThat(message.getMd5OfBody()).isEqualTo("09edcd828af629e41621a20705aa0eb3");
    assertThat(message.getAttributes())
        .containsEntry("MessageGroupId", "shape")
        .containsEntry("ApproximateReceiveCount", "1")
        .containsKeys("SentTimestamp", "ApproximateFirstReceiveTimestamp", "SequenceNumber");
    assertThat(message.getReceiptHandle()).isNotBlank();
  }
}
