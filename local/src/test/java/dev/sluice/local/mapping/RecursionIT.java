package dev.sluice.local.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.edge.Aws;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.local.stack.Stack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/// A job of twenty parts is a chain of twenty invocations of split: it ends because the template
/// says that it may be one.
@Timeout(180)
@NullUnmarked // what the template names is there
class RecursionIT {
  private static final Path TEMPLATE = Path.of("..", "template.yaml");
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final JobId JOB = new JobId("long");
  private static final int PARTS = 20;
  private static final int PART_LINES = 100;

  @TempDir Path folder;
  private final AtomicInteger deepest = new AtomicInteger();

  private Stack stack(Path template) throws Exception {
    var stack =
        Stack.feeding(
            Set.of("Start", "Split"),
            template,
            Files.createDirectories(folder.resolve("bucket")),
            Map.of("PartLines", "" + PART_LINES, "HighWaterMessages", "100000"));
    stack.onInvoked(invoked -> deepest.accumulateAndGet(invoked.depth(), Math::max));
    var list =
        IntStream.range(0, PARTS * PART_LINES)
            .mapToObj(i -> "http://h" + i % 7 + ".example/" + i + "\n")
            .collect(Collectors.joining());
    var file = Files.writeString(folder.resolve("list.txt"), list);
    stack
        .store()
        .put(Keys.manifest(JOB, false), new Content.File(file), new Condition.IfAbsent())
        .join();
    return stack;
  }

  private static boolean isPlanned(Stack stack, int part) {
    return stack.store().head(Keys.plan(JOB, part)).join().isPresent();
  }

  @Test
  void aJobOfTwentyPartsIsPlannedToItsEnd() throws Exception {
    try (var stack = stack(TEMPLATE)) {
      Awaitility.await().atMost(SOON).until(() -> isPlanned(stack, PARTS - 1));
      Awaitility.await().atMost(SOON).until(() -> deepest.get() == PARTS);
    }
  }

  @Test
  void withoutThePropertyTheSeventeenthPartIsADeadLetter() throws Exception {
    var text =
        Files.readString(TEMPLATE).replace("RecursiveLoop: Allow", "RecursiveLoop: Terminate");
    var template = Files.writeString(folder.resolve("template.yaml"), text);

    try (var stack = stack(template);
        var aws = Aws.open(stack.environment("Undeliverable"))) {
      var letters = stack.environment("Undeliverable").get("SPLIT_DEAD_LETTERS");
      var dead =
          Awaitility.await()
              .atMost(SOON)
              .until(
                  () ->
                      aws.sqs()
                          .receiveMessage(ask ->
                              ask.queueUrl(letters)
                                  .visibilityTimeout(0)
                                  .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
                          .join()
                          .messages(),
                  messages -> !messages.isEmpty());

      assertThat(dead.getFirst().body()).contains("\"part\":16,");
      assertThat(dead.getFirst().attributes().get(MessageSystemAttributeName.AWS_TRACE_HEADER))
          .containsPattern("Lineage=(.*[|])?[0-9a-f]{8}:16\\b");
      assertThat(isPlanned(stack, 15)).isTrue();
      assertThat(isPlanned(stack, 16)).isFalse();
      assertThat(deepest).hasValue(16);
    }
  }
}
