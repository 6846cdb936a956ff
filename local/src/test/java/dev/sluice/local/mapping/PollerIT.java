package dev.sluice.local.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.sluice.edge.Aws;
import dev.sluice.local.template.Template;
import java.io.IOError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeNameForSends;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/// One mapping between a real queue and a function that does what a test says. Each test has a
/// queue of its own, whose messages come back after 2 s.
///
/// Long for its cases: each is a row of `docs/mapping.md`.
@NullUnmarked // set before the tests; an answer may be null
@Timeout(90)
class PollerIT {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final int MEGABYTE = 1_000_000;
  private static final QueueAttributeName VISIBLE =
      QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES;
  private static final QueueAttributeName IN_FLIGHT =
      QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE;

  private static SQSRestServer server;
  private static Aws aws;

  @TempDir Path folder;
  private WatchedSqs sqs;
  private final Counters counters = Counters.zero();

  /// Bodies of each event, in the order of arrival.
  private final List<List<String>> events = new CopyOnWriteArrayList<>();

  private final String scriptId = UUID.randomUUID().toString();
  private Template.Queue queue;
  private String queueUrl;
  private String lettersUrl;
  private Poller poller;
  private volatile Thread thread;

  @BeforeAll
  static void start() {
    server = SQSRestServerBuilder.withInterface("127.0.0.1").withDynamicPort().start();
    var port = server.waitUntilStarted().localAddress().getPort();
    aws =
        Aws.open(
            Map.of(
                "AWS_ENDPOINT_URL_SQS",
                "http://127.0.0.1:" + port,
                "AWS_REGION",
                Arns.REGION,
                "AWS_ACCESS_KEY_ID",
                "id",
                "AWS_SECRET_ACCESS_KEY",
                "secret"));
  }

  @AfterAll
  static void stop() {
    aws.close();
    server.stopAndWait();
  }

  @BeforeEach
  void watch() {
    sqs = new WatchedSqs(aws.sqs());
  }

  @AfterEach
  void end() throws InterruptedException {
    if (poller != null) {
      poller.stop();
      thread.join(Duration.ofSeconds(5));
      thread.interrupt();
      thread.join(Duration.ofSeconds(5));
    }
  }

  private void createQueue(boolean fifo) {
    queue =
        new Template.Queue(
            "Q" + UUID.randomUUID().toString().replace("-", ""),
            fifo,
            Duration.ofSeconds(2),
            null,
            0);
    var attributes = new HashMap<QueueAttributeName, String>();
    attributes.put(QueueAttributeName.VISIBILITY_TIMEOUT, "2");
    if (fifo) {
      attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
    }
    queueUrl =
        aws.sqs()
            .createQueue(create -> create.queueName(queue.queueName()).attributes(attributes))
            .join()
            .queueUrl();
  }

  /// Maps the queue to a function that does what the script says; the rest is as the template says.
  private void map(String properties, Function<List<SQSEvent.SQSMessage>, Object> script)
      throws Exception {
    map(properties, ScriptedHandler.class.getName() + "::handleRequest", script);
  }

  private void map(
      String properties, String handler, Function<List<SQSEvent.SQSMessage>, Object> script)
      throws Exception {
    ScriptedHandler.SCRIPTS.put(
        scriptId,
        messages -> {
          events.add(messages.stream().map(SQSEvent.SQSMessage::getBody).toList());
          return script.apply(messages);
        });
    var mapping =
        Template.read(Files.writeString(folder.resolve("t.yaml"), template(properties)), Map.of())
            .mappings()
            .getFirst();
    var function =
        new Template.Function(
            "F", handler, Duration.ofSeconds(30), 256, Map.of("SCRIPT", scriptId), false);
    poller = new Poller(function, mapping, queue, queueUrl, letters(), sqs, counters);
    thread = Thread.ofPlatform().daemon().name("poll-it").start(poller);
  }

  private DeadLetters letters() {
    return new DeadLetters(aws.sqs(), lettersUrl);
  }

  private String template(String properties) {
    return """
    Resources:
      %1$s:
        Type: AWS::SQS::Queue
        Properties: {FifoQueue: %2$s}
      F:
        Type: AWS::Serverless::Function
        Properties:
          Events:
            Q:
              Type: SQS
              Properties:
                Queue: !GetAtt %1$s.Arn
                FunctionResponseTypes: [ReportBatchItemFailures]
                ScalingConfig: {MaximumConcurrency: 2}
                %3$s
    """
        .formatted(queue.name(), queue.fifo(), properties);
  }

  private void send(String group, String... bodies) {
    for (var body : bodies) {
      aws.sqs()
          .sendMessage(message -> {
            message.queueUrl(queueUrl).messageBody(body);
            if (!group.isEmpty()) {
              message.messageGroupId(group).messageDeduplicationId(UUID.randomUUID().toString());
            }
          })
          .join();
    }
  }

  /// Ten at a time.
  private void sendTogether(String... bodies) {
    for (var from = 0; from < bodies.length; from += 10) {
      var entries =
          IntStream.range(from, Math.min(bodies.length, from + 10))
              .mapToObj(i ->
                  SendMessageBatchRequestEntry.builder().id("" + i).messageBody(bodies[i]).build())
              .toList();
      aws.sqs().sendMessageBatch(batch -> batch.queueUrl(queueUrl).entries(entries)).join();
    }
  }

  private static String[] numbered(String name, int count) {
    return IntStream.range(0, count).mapToObj(i -> name + " " + i).toArray(String[]::new);
  }

  private static String[] large(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> i + " " + "x".repeat(MEGABYTE))
        .toArray(String[]::new);
  }

  /// Of one answer, so that a message on its way from one count to the other is not missed.
  private Map<QueueAttributeName, String> counts() {
    return aws.sqs()
        .getQueueAttributes(ask -> ask.queueUrl(queueUrl).attributeNames(VISIBLE, IN_FLIGHT))
        .join()
        .attributes();
  }

  private boolean isQueueEmpty() {
    return counts().equals(Map.of(VISIBLE, "0", IN_FLIGHT, "0"));
  }

  private static void until(BooleanSupplier holds) {
    Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(50)).until(holds::getAsBoolean);
  }

  private List<String> bodies() {
    return events.stream().flatMap(List::stream).toList();
  }

  private static boolean isFirst(SQSEvent.SQSMessage message) {
    return message.getAttributes().get("ApproximateReceiveCount").equals("1");
  }

  @Test
  void aBatchGrowsOverSeveralReceivesUntilItIsFull() throws Exception {
    createQueue(false);
    map("BatchSize: 25\n            MaximumBatchingWindowInSeconds: 300", _ -> null);

    sendTogether(numbered("m", 25));

    until(this::isQueueEmpty);
    assertThat(events).hasSize(1);
    assertThat(bodies()).containsExactlyInAnyOrder(numbered("m", 25));
  }

  /// A group that has come so far in its chain, and one that begins.
  @Test
  void whatWasInvokedSixteenTimesInItsChainIsADeadLetterWithAllThatItHas() throws Exception {
    createQueue(true);
    var seventeenth = Lineage.ofHeaders(List.of("Root=1-0-1"));
    for (var i = 0; i < Lineage.MOST; i++) {
      seventeenth = seventeenth.with("F");
    }
    var trace = seventeenth.header();
    var letters = queue.queueName().replace("Q", "L");
    lettersUrl =
        aws.sqs()
            .createQueue(create ->
                create.queueName(letters).attributes(Map.of(QueueAttributeName.FIFO_QUEUE, "true")))
            .join()
            .queueUrl();
    map("BatchSize: 1", _ -> null);

    aws.sqs()
        .sendMessage(message ->
            message
                .queueUrl(queueUrl)
                .messageBody("deep")
                .messageGroupId("g")
                .messageDeduplicationId("d")
                .messageSystemAttributes(
                    Map.of(
                        MessageSystemAttributeNameForSends.AWS_TRACE_HEADER,
                        MessageSystemAttributeValue.builder()
                            .dataType("String")
                            .stringValue(trace)
                            .build())))
        .join();
    send("other", "first");

    until(this::isQueueEmpty);
    var dead =
        aws.sqs()
            .receiveMessage(ask ->
                ask.queueUrl(lettersUrl)
                    .waitTimeSeconds(5)
                    .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
            .join()
            .messages();
    assertThat(bodies()).containsExactly("first");
    assertThat(dead).hasSize(1);
    assertThat(dead.getFirst().body()).isEqualTo("deep");
    assertThat(dead.getFirst().attributes())
        .containsEntry(MessageSystemAttributeName.MESSAGE_GROUP_ID, "g")
        .containsEntry(MessageSystemAttributeName.AWS_TRACE_HEADER, trace);
  }

  @Test
  void eachInvocationIsToldOfWhenItHasEndedHoweverItEnds() throws Exception {
    createQueue(false);
    var told = new CopyOnWriteArrayList<Invoked>();
    counters.listeners().add(told::add);
    map(
        "BatchSize: 2\n            MaximumBatchingWindowInSeconds: 300",
        messages -> {
          if (messages.stream().allMatch(PollerIT::isFirst)) {
            throw new IllegalStateException("asked to");
          }
          return null;
        });

    sendTogether("four", "seventh");

    until(() -> isQueueEmpty() && told.size() == 2);
    assertThat(told)
        .allSatisfy(invoked -> {
          assertThat(invoked.function().memoryMegabytes()).isEqualTo(256);
          assertThat(invoked.queue()).isEqualTo(queue);
          assertThat(invoked.messages()).isEqualTo(2);
          assertThat(invoked.characters()).isEqualTo(11);
          assertThat(invoked.took()).isPositive();
          assertThat(invoked.depth()).isEqualTo(1);
        });
  }

  @Test
  void theWindowEndsWithWhatIsThere() throws Exception {
    createQueue(false);
    sendTogether("a", "b", "c");
    map("BatchSize: 10000\n            MaximumBatchingWindowInSeconds: 1", _ -> null);

    until(this::isQueueEmpty);

    assertThat(events).hasSize(1);
    assertThat(bodies()).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void whatDoesNotFitIntoAnEventGoesIntoTheNext() throws Exception {
    createQueue(false);
    send("", large(8));
    map("BatchSize: 10", _ -> null);

    until(this::isQueueEmpty);

    assertThat(bodies()).hasSize(8).doesNotHaveDuplicates();
    assertThat(events).extracting(List::size).containsExactlyInAnyOrder(6, 2);
  }

  @Test
  void whatTheFilterMissesIsDeletedUnseen() throws Exception {
    createQueue(false);
    map("FilterCriteria: {Filters: [{Pattern: '{\"body\":{\"take\":[true]}}'}]}", _ -> null);

    send("", "{\"take\":false}", "no JSON", "{\"take\":true}");

    until(() -> !events.isEmpty() && isQueueEmpty());
    assertThat(bodies()).containsExactly("{\"take\":true}");
  }

  @Test
  void neverMoreInvocationsRunThanTheTemplateAllows() throws Exception {
    createQueue(false);
    var both = new CyclicBarrier(2);
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    map(
        "BatchSize: 1",
        _ -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          await(both);
          until(this::isThePollerWaitingForASlot);
          running.decrementAndGet();
          return null;
        });

    sendTogether(numbered("m", 12));

    until(this::isQueueEmpty);
    assertThat(most).hasValue(2);
  }

  /// It waits for the queue without a time of its own, and for a slot with one.
  private boolean isThePollerWaitingForASlot() {
    return thread != null && thread.getState() == Thread.State.TIMED_WAITING;
  }

  /// It opens only when two are inside.
  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (Exception late) {
      throw new IllegalStateException("nobody else came", late);
    }
  }

  /// A function that ends when another invocation of it is there.
  private static Function<List<SQSEvent.SQSMessage>, Object> inPairs() {
    var both = new CyclicBarrier(2);
    return _ -> {
      await(both);
      return null;
    };
  }

  /// ElasticMQ gives on what the function made visible, while the function is still at work.
  @Test
  void aGroupIsNeverWithTwoInvocationsEvenIfTheServerGivesItOn() throws Exception {
    createQueue(true);
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    map(
        "BatchSize: 1",
        messages -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          try {
            var message = messages.getFirst();
            if (!isFirst(message)) {
              return null;
            }
            aws.sqs()
                .changeMessageVisibility(change ->
                    change
                        .queueUrl(queueUrl)
                        .receiptHandle(message.getReceiptHandle())
                        .visibilityTimeout(0))
                .join();
            until(() -> counts().get(IN_FLIGHT).equals("1")); // the mapping has received it again
            return ScriptedHandler.failing(messages);
          } finally {
            running.decrementAndGet();
          }
        });

    send("G", "once more");

    until(this::isQueueEmpty);
    assertThat(most).hasValue(1);
    assertThat(bodies()).containsExactly("once more", "once more");
  }

  @Test
  void whatFailedAndTheLaterOnesOfItsGroupComeBackInOrder() throws Exception {
    createQueue(true);
    send("G", numbered("m", 5));
    var done = new CopyOnWriteArrayList<String>();
    map("BatchSize: 10", messages -> failTheFirstTime("m 2", messages, done));

    send("G", "m 5");

    until(this::isQueueEmpty);
    assertThat(done).containsExactly(numbered("m", 6));
  }

  @Test
  void aGroupKeepsItsOrderAcrossABatchThatWasCutAndFailed() throws Exception {
    createQueue(true);
    send("G", large(8));
    var done = new CopyOnWriteArrayList<String>();
    map("BatchSize: 10", messages -> failTheFirstTime("1", messages, done));

    until(this::isQueueEmpty);

    assertThat(done)
        .extracting(body -> body.substring(0, body.indexOf(' ')))
        .containsExactly("0", "1", "2", "3", "4", "5", "6", "7");
  }

  /// As a function of a FIFO queue must: it stops at the first failure.
  private static Object failTheFirstTime(
      String body, List<SQSEvent.SQSMessage> messages, List<String> done) {
    for (var i = 0; i < messages.size(); i++) {
      if (messages.get(i).getBody().startsWith(body) && isFirst(messages.get(i))) {
        return ScriptedHandler.failing(messages.subList(i, messages.size()));
      }
      done.add(messages.get(i).getBody());
    }
    return null;
  }

  /// SQS would keep the group locked until the second is visible, too.
  @Test
  void aGroupGoesOnWhenItsOldestIsVisibleThoughALaterOneIsNot() throws Exception {
    createQueue(true);
    send("G", "soon", "later");
    map(
        "BatchSize: 10",
        messages -> {
          if (messages.size() == 1) {
            return null;
          }
          aws.sqs()
              .changeMessageVisibilityBatch(change ->
                  change
                      .queueUrl(queueUrl)
                      .entries(visible(messages.get(0), 0), visible(messages.get(1), 10)))
              .join();
          return ScriptedHandler.failing(messages);
        });

    until(this::isQueueEmpty);

    assertThat(events).containsExactly(List.of("soon", "later"), List.of("soon"), List.of("later"));
  }

  private static ChangeMessageVisibilityBatchRequestEntry visible(
      SQSEvent.SQSMessage message, int seconds) {
    return ChangeMessageVisibilityBatchRequestEntry.builder()
        .id(message.getMessageId())
        .receiptHandle(message.getReceiptHandle())
        .visibilityTimeout(seconds)
        .build();
  }

  @Test
  void anEnvironmentTakesOneEventAtATimeAndIsUsedAgain() throws Exception {
    createQueue(false);
    map("BatchSize: 1", inPairs());

    sendTogether(numbered("m", 12));

    until(this::isQueueEmpty);
    assertThat(bodies()).hasSize(12);
    assertThat(ScriptedHandler.MADE).containsEntry(scriptId, 2);
  }

  @Test
  void aFunctionThatCannotBeMadeIsSaidAndNothingIsLost() throws Exception {
    createQueue(false);
    map("BatchSize: 1", "no.such.Handler::handleRequest", _ -> null);

    send("", "m");

    until(() -> counters.broken().get() != null);
    assertThat(counters.broken().get())
        .isEqualTo("F: no handler no.such.Handler that takes its environment");
    assertThat(isQueueEmpty()).isFalse();
  }

  @Test
  void severalGroupsAreHandledSideBySide() throws Exception {
    createQueue(true);
    map("BatchSize: 1", inPairs());

    send("A", numbered("a", 3));
    send("B", numbered("b", 3));

    until(this::isQueueEmpty);
    assertThat(bodies()).hasSize(6);
  }

  @Test
  void aNullAnswerIsSuccessOfTheBatch() throws Exception {
    createQueue(false);
    map("BatchSize: 10", _ -> null);

    sendTogether(numbered("m", 10));

    until(() -> !events.isEmpty() && isQueueEmpty());
    assertThat(bodies()).hasSize(10);
    assertThat(counters.broken().get()).isNull();
  }

  @Test
  void anAnswerThatNamesAStrangerIsFailureOfTheBatch() throws Exception {
    createQueue(false);
    sendTogether("a", "b");
    map(
        "BatchSize: 10",
        messages ->
            messages.stream().anyMatch(PollerIT::isFirst)
                ? Map.of("batchItemFailures", List.of(Map.of("itemIdentifier", "stranger")))
                : null);

    until(this::isQueueEmpty);

    assertThat(bodies()).containsExactlyInAnyOrder("a", "a", "b", "b");
  }

  @Test
  void errorsOfTheQueueEndNothing() throws Exception {
    createQueue(false);
    sqs.receivesToRefuse.set(3);
    sqs.deletesToRefuse.set(1);
    map("BatchSize: 10", _ -> null);

    send("", "a");
    until(() -> !events.isEmpty() && isQueueEmpty());
    sqs.receivesToRefuse.set(1);
    send("", "b");

    until(() -> events.size() == 2 && isQueueEmpty());
    assertThat(bodies()).as("deleted at the second try").containsExactly("a", "b");
    assertThat(counters.broken().get()).isNull();
  }

  @Test
  void aFunctionThatFailedAgainAndAgainGoesOnWhenItWorks() throws Exception {
    createQueue(false);
    var failures = new AtomicInteger(4);
    map(
        "BatchSize: 1",
        _ -> {
          if (failures.getAndDecrement() > 0) {
            throw new IllegalStateException("asked to");
          }
          return null;
        });

    sendTogether(numbered("m", 12));

    until(this::isQueueEmpty);
    assertThat(counters.failures()).hasValue(4);
    assertThat(new HashSet<>(bodies())).isEqualTo(Set.of(numbered("m", 12)));
  }

  /// As when Lambda's runtime client has ended its process, which it does after these errors alone.
  @Test
  void afterAnErrorOfTheJvmTheNextInvocationHasANewEnvironment() throws Exception {
    createQueue(false);
    var errors = new ArrayDeque<Error>();
    errors.add(new AssertionError("a bug"));
    errors.add(new IOError(new IOException("no space left")));
    errors.add(new InternalError("of the JVM"));
    map(
        "BatchSize: 1",
        _ -> {
          var error = errors.poll();
          if (error != null) {
            throw error;
          }
          return null;
        });

    send("", "m");

    until(this::isQueueEmpty);
    assertThat(counters.failures()).hasValue(3);
    assertThat(ScriptedHandler.MADE.get(scriptId)).isEqualTo(3);
    assertThat(counters.broken().get()).isNull();
  }

  /// All environments share the heap of this process.
  @Test
  void whenMemoryRunsOutTheRunEndsAndSaysSo() throws Exception {
    createQueue(false);
    map(
        "BatchSize: 1",
        _ -> {
          throw new IOError(new OutOfMemoryError("Java heap space"));
        });

    send("", "m");

    until(() -> counters.broken().get() != null);
    assertThat(counters.broken().get()).isEqualTo("F ran out of memory: Java heap space");
  }

  /// They share the disk as well.
  @Test
  void whenANewEnvironmentIsBrokenAsWellTheRunEndsAndSaysWhy() throws Exception {
    createQueue(false);
    map(
        "BatchSize: 1",
        _ -> {
          throw new IOError(new IOException("No space left on device"));
        });

    send("", "m");

    until(() -> counters.broken().get() != null);
    assertThat(counters.broken().get()).isEqualTo("F cannot go on: No space left on device");
    assertThat(counters.failures()).hasValueGreaterThan(1);
  }

  @Test
  void aFifoQueueIsAskedByLongPollsWhileNoGroupIsLockedAndByShortOnesElse() throws Exception {
    createQueue(true);
    var asked = new ArrayList<Integer>();
    var seen = new AtomicBoolean();
    map(
        "BatchSize: 1",
        _ -> {
          if (!seen.getAndSet(true)) {
            var before = sqs.waits.size();
            until(() -> sqs.waits.size() >= before + 2);
            asked.addAll(sqs.waits.subList(before, before + 2));
          }
          return null;
        });
    until(() -> !sqs.waits.isEmpty());

    send("G", "m");

    until(this::isQueueEmpty);
    assertThat(sqs.waits.getFirst()).isEqualTo(5);
    assertThat(asked).containsExactly(0, 0);
    until(() -> sqs.waits.getLast() == 5);
  }

  @Test
  void attributesOfASenderArriveAsLambdaGivesThem() throws Exception {
    createQueue(false);
    var attributes = new ConcurrentHashMap<String, SQSEvent.MessageAttribute>();
    map(
        "BatchSize: 1",
        messages -> {
          attributes.putAll(messages.getFirst().getMessageAttributes());
          return null;
        });

    aws.sqs()
        .sendMessage(message ->
            message
                .queueUrl(queueUrl)
                .messageBody("m")
                .messageAttributes(
                    Map.of(
                        "colour",
                        MessageAttributeValue.builder()
                            .dataType("String")
                            .stringValue("blue")
                            .build())))
        .join();

    until(() -> !events.isEmpty() && isQueueEmpty());
    assertThat(attributes.get("colour").getStringValue()).isEqualTo("blue");
    assertThat(attributes.get("colour").getDataType()).isEqualTo("String");
  }
}
