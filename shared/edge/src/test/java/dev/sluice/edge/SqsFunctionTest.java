package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.archive.Json;
import dev.sluice.async.Simulation;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Message;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Stage;
import dev.sluice.flow.TaskId;
import dev.sluice.flow.Unavailable;
import java.io.IOError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole batches: which messages are given back, and when the invocation fails instead.
///
/// Long for its cases, all of which are of one batch and its answer.
@Timeout(60)
@NullUnmarked // an event as Lambda gives it holds nulls
class SqsFunctionTest {
  private static final String STANDARD = "arn:aws:sqs:eu-west-1:123456789012:Extract";
  private static final String FIFO = "arn:aws:sqs:eu-west-1:123456789012:Extract.fifo";

  private record Done(int leftOver) {}

  private final List<Integer> ran = new ArrayList<>();
  private final List<JsonNode> lines = new ArrayList<>();
  private final Map<String, Duration> hidden = new HashMap<>();
  private int remainingMillis = 30_000;

  @Test
  void ofAStandardQueueExactlyTheFailedOnesAreGivenBack() {
    var back = handle(failing(2, 4), batch(STANDARD, "a 1", "a 2", "a 3", "a 4", "a 5"));

    assertThat(back).containsExactly("m2", "m4");
    assertThat(ran).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void ofAFifoGroupTheLaterOnesAreGivenBackUnreadAndOthersGoOn() {
    var back = handle(failing(2), batch(FIFO, "a 1", "a 2", "b 3", "a 4", "b 5", "a 6"));

    assertThat(back).containsExactly("m2", "m4", "m6");
    assertThat(ran).containsExactlyInAnyOrder(1, 2, 3, 5);
  }

  @Test
  void aGroupOfAFifoQueueRunsOneAfterTheOther() {
    var first = new CompletableFuture<Done>();
    Stage<ExtractTask, Done> stage =
        (task, run) -> {
          ran.add(number(task));
          if (number(task) == 1) {
            run.sleep(Duration.ofMillis(5))
                .thenRun(() -> {
                  assertThat(ran).containsExactly(1, 3);
                  first.complete(new Done(1));
                });
            return first;
          }
          return done(task);
        };

    assertThat(handle(stage, batch(FIFO, "a 1", "a 2", "b 3"))).isEmpty();
    assertThat(ran).containsExactly(1, 3, 2);
  }

  /// What cannot be read ends a group: those before it have their turn, those after it come back.
  @Test
  void aGroupThatIsTakenTogetherIsDoneOrGivenBackTogether() {
    var groups = new ArrayList<List<Integer>>();
    SqsFunction.GroupStage<ExtractTask> stage =
        (tasks, _) -> {
          var numbers = tasks.stream().map(SqsFunctionTest::number).toList();
          groups.add(numbers);
          return numbers.contains(5)
              ? CompletableFuture.failedFuture(new IllegalStateException("no"))
              : CompletableFuture.completedFuture(new Done(0));
        };
    var batch = batch(FIFO, "a 1", "b 2", "a 3", "b 5", "a 4", "b 6", "a 7", "c 8");
    batch.getRecords().get(4).setBody("{");
    var function =
        SqsFunction.grouped(
            "report",
            ExtractTask.class,
            stage,
            this::hide,
            Duration.ofSeconds(1),
            new Log(line -> lines.add(Json.tree(line))));

    var back = ids(function.handle(batch, new Remaining(remainingMillis)));

    assertThat(groups).containsExactlyInAnyOrder(List.of(1, 3), List.of(2, 5, 6), List.of(8));
    assertThat(back).containsExactly("m2", "m5", "m4", "m6", "m7");
  }

  @Test
  void ofAStandardQueueNothingIsTakenTogether() {
    var groups = new ArrayList<Integer>();
    SqsFunction.GroupStage<ExtractTask> stage =
        (tasks, _) -> {
          groups.add(tasks.size());
          return CompletableFuture.completedFuture(new Done(0));
        };

    SqsFunction.grouped(
            "report",
            ExtractTask.class,
            stage,
            this::hide,
            Duration.ofSeconds(1),
            new Log(line -> lines.add(Json.tree(line))))
        .handle(batch(STANDARD, "a 1", "a 2"), new Remaining(remainingMillis));

    assertThat(groups).containsExactly(1, 1);
  }

  /// Standard queues carry group ids too: fair queues.
  @Test
  void aGroupIdMakesNoFifoQueue() {
    var back = handle(failing(1), batch(STANDARD, "a 1", "a 2", "a 3"));

    assertThat(back).containsExactly("m1");
    assertThat(ran).containsExactly(1, 2, 3);
  }

  @Test
  void whenMostOfABatchFailsForAReasonOfOursTheInvocationFails() {
    var batch = batch(STANDARD, "a 1", "a 2", "a 3", "a 4");

    assertThat(handle(failing(1, 2), batch)).containsExactly("m1", "m2");
    assertThatThrownBy(() -> handle(failing(1, 2, 3), batch))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("3 of 4 messages failed for a reason of ours");
  }

  @Test
  void whatCannotBeReadIsGivenBackButIsNoReasonOfOurs() {
    var batch = batch(STANDARD, "a 1", "a 2", "a 3");
    batch.getRecords().get(0).setBody("{");
    batch.getRecords().get(1).setBody("{\"v\":2}");

    assertThat(handle(failing(), batch)).containsExactly("m1", "m2");
    assertThat(ran).containsExactly(3);
    assertThat(lines).filteredOn(line -> text(line, "result").equals("unreadable")).hasSize(2);
  }

  /// Ten report tasks of one job, S3 is down: one was tried, and yet all say how the store is.
  @Test
  void whatIsGivenBackBehindAFailureOfOursCountsAsOurs() {
    assertThatThrownBy(() -> handle(failing(1), batch(FIFO, "a 1", "a 2", "a 3")))
        .hasMessage("3 of 3 messages failed for a reason of ours");
  }

  /// A broken archive fails however slowly Lambda polls.
  @Test
  void aFailureOfTheMessageIsNoReasonOfOurs() {
    Stage<ExtractTask, Done> stage =
        (_, _) -> CompletableFuture.failedFuture(new IOException("a broken archive"));

    assertThat(handle(stage, batch(STANDARD, "a 1", "a 2"))).containsExactly("m1", "m2");
  }

  @Test
  void whatIsGivenBackIsHiddenLongerAfterEachReceive() {
    for (var receives = 1; receives <= 6; receives++) {
      hidden.clear();
      var batch = batch(STANDARD, "a 1", "a 2", "a 3");
      batch.getRecords().getFirst().getAttributes().put("ApproximateReceiveCount", "" + receives);

      handle(failing(1), batch);

      var most = Math.min(10_000 << (2 * (receives - 1)), 900_000);
      assertThat(hidden).containsOnlyKeys("r1");
      assertThat(hidden.get("r1")).isBetween(Duration.ofMillis(most / 2), Duration.ofMillis(most));
    }
  }

  /// Events that people write by hand leave it out.
  @Test
  void withoutAReceiveCountItIsTheFirst() {
    var batch = batch(STANDARD, "a 1", "a 2");
    batch.getRecords().getFirst().getAttributes().remove("ApproximateReceiveCount");

    assertThat(handle(failing(1), batch)).containsExactly("m1");
    assertThat(hidden.get("r1")).isLessThanOrEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void allOfAGroupThatAreGivenBackAreHiddenEquallyLong() {
    handle(failing(2), batch(FIFO, "a 1", "a 2", "b 3", "a 4", "b 5", "b 6", "b 7"));

    assertThat(hidden).containsOnlyKeys("r2", "r4");
    assertThat(hidden.get("r4")).isEqualTo(hidden.get("r2"));
  }

  @Test
  void whatIsGivenBackComesAgainAtTheDeadlineOfItsJob() throws Exception {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofSeconds(30));
    var batch = batch(STANDARD, "a 1", "a 2");
    var soon = simulation.now().plusSeconds(2);
    batch.getRecords().getFirst().setBody(Json.write(leftovers(soon)));
    batch.getRecords().getLast().setBody(Json.write(leftovers(simulation.now().minusSeconds(1))));
    var function =
        SqsFunction.of(
            "split",
            SplitTask.class,
            (_, _) -> CompletableFuture.failedFuture(new IOException("broken")),
            this::hide,
            Duration.ofMillis(200),
            new Log(_ -> {}));

    simulation.await(function.start(batch, run));

    assertThat(hidden).containsEntry("r1", Duration.ofSeconds(2));
    assertThat(hidden.get("r2"))
        .as("past it as ever: what fails then must not come again at once")
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
  }

  private static SplitTask leftovers(Instant deadline) {
    return new SplitTask.Leftovers(
        new JobId("spring"), 0, TaskId.planned(1), 1, 0, 10, Instant.EPOCH, deadline);
  }

  /// On a virtual clock: no call of the queue that hangs costs the batch its answer.
  @Test
  void aQueueThatDoesNotAnswerCostsNoMoreThanAQuarterOfTheReserve() throws Exception {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofSeconds(30));
    var function =
        SqsFunction.of(
            "extract",
            ExtractTask.class,
            failing(1),
            _ -> new CompletableFuture<>(),
            Duration.ofSeconds(4),
            new Log(_ -> {}));

    var back = simulation.await(function.start(batch(STANDARD, "a 1", "a 2"), run));

    assertThat(ids(back)).containsExactly("m1");
    assertThat(simulation.nanoTime()).isEqualTo(Duration.ofSeconds(1).toNanos());
  }

  @Test
  void whatCouldNotBeHiddenIsSaidAndGivenBackAllTheSame() throws Exception {
    var simulation = new Simulation(1);
    var function =
        SqsFunction.of(
            "extract",
            ExtractTask.class,
            failing(1),
            _ -> CompletableFuture.failedFuture(new IOException("no such queue")),
            Duration.ofSeconds(4),
            new Log(line -> lines.add(Json.tree(line))));

    var batch = batch(STANDARD, "a 1", "a 2");
    var back = simulation.await(function.start(batch, simulation.run(Duration.ofSeconds(30))));

    assertThat(ids(back)).containsExactly("m1");
    assertThat(lines).extracting(line -> text(line, "result")).contains("not_hidden");
  }

  @Test
  void aStageThatThrowsIsAStageThatFails() {
    Stage<ExtractTask, Done> stage =
        (task, _) -> {
          if (number(task) == 1) {
            throw new IllegalStateException("thrown");
          }
          return done(task);
        };

    assertThat(handle(stage, batch(STANDARD, "a 1", "a 2"))).containsExactly("m1");
    assertThat(text(lines.getFirst(), "error")).contains("thrown");
  }

  @Test
  void aStageThatDoesNotEndIsGivenBackAtTheDeadlineAndTheOthersAreKept() {
    remainingMillis = 800;
    Stage<ExtractTask, Done> stage =
        (task, _) -> number(task) == 2 ? new CompletableFuture<>() : done(task);

    assertThat(handle(stage, batch(STANDARD, "a 1", "a 2", "a 3"))).containsExactly("m2");
    assertThat(lines)
        .filteredOn(line -> text(line, "message").equals("m2"))
        .extracting(line -> text(line, "error"))
        .containsExactly(
            "java.util.concurrent.TimeoutException: it did not end before the deadline of the invocation");
  }

  @Test
  void aTimeoutThatLeavesNoTimeToWorkInIsRefusedByItsNumbers() {
    remainingMillis = 650;

    assertThatThrownBy(() -> handle(failing(), batch(STANDARD, "a 1")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the timeout of extract must be longer than ReserveMillis by at least 500 ms, got 650 and 200 ms");
    assertThat(ran).isEmpty();
  }

  @Test
  void theStageSeesTheRemainingTimeLessTheReserve() {
    var left = new ArrayList<Duration>();
    Stage<ExtractTask, Done> stage =
        (task, run) -> {
          left.add(run.deadline().left());
          return done(task);
        };

    handle(stage, batch(STANDARD, "a 1"));

    assertThat(left.getFirst()).isBetween(Duration.ofSeconds(20), Duration.ofMillis(29_800));
  }

  @Test
  void aLineNamesJobIdTriesAndWhatWasDone() {
    handle(failing(), batch(STANDARD, "a 7"));

    var line = lines.getFirst();
    assertThat(text(line, "level")).isEqualTo("info");
    assertThat(text(line, "function")).isEqualTo("extract");
    assertThat(text(line, "job")).isEqualTo("spring");
    assertThat(text(line, "id")).isEqualTo("spring-0-0007-0");
    assertThat(text(line, "tries")).isEqualTo("1");
    assertThat(line.path("left_over").intValue()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"split", "fetch", "extract", "report"})
  void ofAnEventOfTheFolderTheBadMessageIsGivenBack(String name) throws IOException {
    var event = event(Path.of("..", "..", "events", name + ".json"));
    var read = new ArrayList<Message>();
    var function =
        SqsFunction.of(
            name,
            Message.class,
            (message, _) -> {
              read.add(message);
              return CompletableFuture.completedFuture(new Done(0));
            },
            this::hide,
            Duration.ofMillis(200),
            new Log(_ -> {}));

    var back = ids(function.handle(event, new Remaining(30_000)));

    assertThat(back).containsExactly(event.getRecords().get(1).getMessageId());
    assertThat(read).hasSize(1);
    assertThat(read.getFirst().job()).isEqualTo(new JobId("spring"));
  }

  /// See [Health]: the queue would hand the next message to the same process.
  @Test
  void aFailureInABrokenProcessEndsTheProcess() {
    Health disk =
        () -> {
          throw new IOException("No space left on device");
        };

    assertThatThrownBy(() ->
            function(failing(2))
                .needing(disk)
                .handle(batch(STANDARD, "a 1", "a 2", "a 3"), new Remaining(remainingMillis)))
        .isInstanceOf(IOError.class)
        .hasMessageContaining("No space left on device");
    assertThat(hidden).containsOnlyKeys("r2");
  }

  @Test
  void aBatchThatFailsForReasonsOfOursEndsABrokenProcessAsWell() {
    Health reactor =
        () -> {
          throw new IOException("the thread has ended");
        };

    assertThatThrownBy(() ->
            function(failing(1))
                .needing(reactor)
                .handle(batch(STANDARD, "a 1"), new Remaining(remainingMillis)))
        .isInstanceOf(IOError.class)
        .hasMessageContaining("the thread has ended");
  }

  @Test
  void nobodyAsksForTheHealthOfAProcessInWhichAllIsDone() {
    Health disk =
        () -> {
          throw new IOException("No space left on device");
        };

    var answer =
        function(failing())
            .needing(disk)
            .handle(batch(STANDARD, "a 1"), new Remaining(remainingMillis));

    assertThat(ids(answer)).isEmpty();
  }

  /// Lambda's runtime client ends its process after these two kinds of error alone.
  @ParameterizedTest
  @ValueSource(classes = {OutOfMemoryError.class, NoClassDefFoundError.class, InternalError.class})
  void anErrorOfTheJvmEndsTheProcess(Class<? extends Error> kind) throws Exception {
    var error = kind.getConstructor(String.class).newInstance("of the JVM");
    Stage<ExtractTask, Done> stage =
        (task, run) ->
            number(task) == 2
                ? run.cpu()
                    .submit(() -> {
                      throw error;
                    })
                : done(task);

    assertThatThrownBy(() -> handle(stage, batch(STANDARD, "a 1", "a 2", "a 3")))
        .isInstanceOf(IOError.class)
        .hasRootCause(error);
  }

  @Test
  void aStackThatOverflowsIsTheMessagesOwn() {
    Stage<ExtractTask, Done> stage =
        (task, _) ->
            number(task) == 2
                ? CompletableFuture.failedFuture(new StackOverflowError())
                : done(task);

    assertThat(handle(stage, batch(STANDARD, "a 1", "a 2", "a 3"))).containsExactly("m2");
  }

  private Stage<ExtractTask, Done> failing(Integer... numbers) {
    var fail = Set.copyOf(Arrays.asList(numbers));
    return (task, _) -> {
      ran.add(number(task));
      return fail.contains(number(task))
          ? CompletableFuture.failedFuture(new Unavailable("S3 refused", null))
          : done(task);
    };
  }

  private static CompletionStage<Done> done(ExtractTask task) {
    return CompletableFuture.completedFuture(new Done(number(task)));
  }

  private static int number(ExtractTask task) {
    return Integer.parseInt(task.task().name());
  }

  private List<String> handle(Stage<ExtractTask, Done> stage, SQSEvent batch) {
    ran.clear();
    return ids(function(stage).handle(batch, new Remaining(remainingMillis)));
  }

  private SqsFunction<ExtractTask> function(Stage<ExtractTask, Done> stage) {
    return SqsFunction.of(
        "extract",
        ExtractTask.class,
        stage,
        this::hide,
        Duration.ofMillis(200),
        new Log(line -> lines.add(Json.tree(line))));
  }

  private CompletionStage<?> hide(Map<String, Duration> byReceipt) {
    hidden.putAll(byReceipt);
    return CompletableFuture.completedFuture(true);
  }

  private static List<String> ids(SQSBatchResponse response) {
    return response.getBatchItemFailures().stream()
        .map(SQSBatchResponse.BatchItemFailure::getItemIdentifier)
        .toList();
  }

  private static String text(JsonNode line, String name) {
    return line.path(name).asText();
  }

  /// @param messages group and number of the task
  private static SQSEvent batch(String arn, String... messages) {
    var records = new ArrayList<SQSEvent.SQSMessage>();
    for (var message : messages) {
      var number = Integer.parseInt(message.substring(2));
      var record = new SQSEvent.SQSMessage();
      record.setMessageId("m" + number);
      record.setReceiptHandle("r" + number);
      record.setBody(Json.write(new ExtractTask(new JobId("spring"), 0, TaskId.planned(number))));
      record.setEventSourceArn(arn);
      var attributes = new HashMap<String, String>();
      attributes.put("ApproximateReceiveCount", "1");
      attributes.put("MessageGroupId", message.substring(0, 1));
      record.setAttributes(attributes);
      records.add(record);
    }
    var event = new SQSEvent();
    event.setRecords(records);
    return event;
  }

  private static SQSEvent event(Path file) throws IOException {
    var records = new ArrayList<SQSEvent.SQSMessage>();
    for (var json : Json.tree(Files.readString(file)).path("Records")) {
      var record = new SQSEvent.SQSMessage();
      record.setMessageId(json.path("messageId").asText());
      record.setReceiptHandle(json.path("receiptHandle").asText());
      record.setBody(json.path("body").asText());
      record.setEventSourceArn(json.path("eventSourceARN").asText());
      var attributes = new HashMap<String, String>();
      json.path("attributes")
          .properties()
          .forEach(entry -> attributes.put(entry.getKey(), entry.getValue().asText()));
      record.setAttributes(attributes);
      records.add(record);
    }
    var event = new SQSEvent();
    event.setRecords(records);
    return event;
  }

  private record Remaining(int millis) implements Context {
    @Override
    public int getRemainingTimeInMillis() {
      return millis;
    }

    @Override
    public String getAwsRequestId() {
      return "request";
    }

    @Override
    public String getLogGroupName() {
      return "group";
    }

    @Override
    public String getLogStreamName() {
      return "stream";
    }

    @Override
    public String getFunctionName() {
      return "extract";
    }

    @Override
    public String getFunctionVersion() {
      return "1";
    }

    @Override
    public String getInvokedFunctionArn() {
      return "arn";
    }

    @Override
    public CognitoIdentity getIdentity() {
      return null;
    }

    @Override
    public ClientContext getClientContext() {
      return null;
    }

    @Override
    public int getMemoryLimitInMB() {
      return 128;
    }

    @Override
    public LambdaLogger getLogger() {
      throw new UnsupportedOperationException("the function logs by itself");
    }
  }
}
