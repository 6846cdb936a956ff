package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import dev.sluice.archive.Json;
import dev.sluice.local.sam.EventsStack;
import dev.sluice.local.stack.Stack;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each function as its own process, from its zip, under Lambda's own runtime client, with its file
/// from `events/`; the queues and the store are the embedded stack's.
@NullUnmarked // set before all tests
class RuntimeIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static Stack stack;

  /// The job that the events speak of, done: what they ask for is found.
  @BeforeAll
  static void theJobOfTheEventsIsDone() throws Exception {
    stack = EventsStack.start(Path.of("..", "template.yaml"), folder, "127.0.0.1");
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Start, submit, dev.sluice.submit.StartHandler",
    "Split, split, dev.sluice.split.SplitHandler",
    "Fetch, fetch, dev.sluice.fetch.FetchHandler",
    "Extract, extract, dev.sluice.extract.ExtractHandler",
    "Report, report, dev.sluice.report.ReportHandler"
  })
  void aFunctionHandlesTheGoodMessageAndGivesTheBadOneBack(
      String function, String zip, String handler, @TempDir Path task) throws Exception {
    var event =
        Files.readString(Path.of("..", "events", function.toLowerCase(Locale.ROOT) + ".json"));

    var answer = Json.tree(invoke(function, zip, handler, event, task));

    assertThat(answer.path("batchItemFailures")).hasSize(1);
    assertThat(answer.path("batchItemFailures").get(0).path("itemIdentifier").asText())
        .isEqualTo("19dd0b57-b21e-4ac1-bd88-01bbb068cb71");
  }

  @Test
  void theApiShowsTheBooks(@TempDir Path task) throws Exception {
    var event = Files.readString(Path.of("..", "events", "submit-get.json"));

    var answer =
        Json.tree(invoke("Submit", "submit", "dev.sluice.submit.SubmitHandler", event, task));

    assertThat(answer.path("statusCode").asInt()).isEqualTo(200);
    var books = Json.tree(answer.path("body").asText());
    assertThat(books.path("accepted").asInt()).isEqualTo(2);
    assertThat(books.path("pending").asInt()).isZero();
    assertThat(books.path("faults").path("connect").asInt()).isEqualTo(1);
    assertThat(books.path("faults").path("bad_url").asInt()).isEqualTo(1);
  }

  @Test
  void theApiStartsAJob(@TempDir Path task) throws Exception {
    var event = Files.readString(Path.of("..", "events", "submit-post.json"));

    var answer =
        Json.tree(invoke("Submit", "submit", "dev.sluice.submit.SubmitHandler", event, task));

    assertThat(answer.path("statusCode").asInt()).isEqualTo(202);
    assertThat(stack.store().head("manifests/summer.txt").join()).isPresent();
  }

  /// A message that fails in a process that can write no file is answered with an error, after
  /// which Lambda's runtime client ends the process.
  @Test
  void aBrokenProcessAnswersAndEnds(@TempDir Path task, @TempDir Path temp) throws Exception {
    var handler = "dev.sluice.extract.ExtractHandler";
    var event = Files.readString(Path.of("..", "events", "extract.json"));
    unzip(Path.of("..", "functions", "extract", "target", "extract.zip"), task);
    try (var api = new RuntimeApi(TIMEOUT)) {
      var process = start("Extract", handler, task, api, "-Djava.io.tmpdir=" + temp);
      try {
        assertThat(api.invoke(event).isResponse()).isTrue();
        for (var folder : temp.toFile().listFiles()) {
          var files = folder.toPath().resolve("files");
          if (Files.deleteIfExists(files)) {
            Files.createFile(files);
          }
        }

        var answer = api.invoke(event);

        assertThat(answer.isResponse()).isFalse();
        assertThat(answer.body()).contains("java.io.IOError");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("it ends").isTrue();
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private static String invoke(String function, String zip, String handler, String event, Path task)
      throws Exception {
    unzip(Path.of("..", "functions", zip, "target", zip + ".zip"), task);
    try (var api = new RuntimeApi(TIMEOUT)) {
      var process = start(function, handler, task, api);
      try {
        var answer = api.invoke(event);
        assertThat(answer).as("an answer of %s", function).isNotNull();
        assertThat(answer.isResponse()).as(answer.body()).isTrue();
        return answer.body();
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private static Process start(
      String function, String handler, Path task, RuntimeApi api, String... options)
      throws IOException {
    var classPath = new ArrayList<>(List.of(task.toString(), task.resolve("lib") + "/*"));
    for (var entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      // As in Lambda's image: the runtime client and its own libraries beside the function.
      if (entry.contains("aws-lambda-java-") && entry.endsWith(".jar")) {
        classPath.add(entry);
      }
    }
    var command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath)));
    command.addAll(List.of(AWSLambda.class.getName(), handler + "::handleRequest"));
    var builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    var environment = builder.environment();
    environment.putAll(stack.environment(function));
    environment.put("AWS_LAMBDA_RUNTIME_API", api.address());
    environment.put("AWS_LAMBDA_FUNCTION_NAME", function);
    environment.put("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512");
    environment.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + function);
    environment.put("AWS_LAMBDA_LOG_STREAM_NAME", "local");
    environment.put("LAMBDA_TASK_ROOT", task.toString());
    environment.put("_HANDLER", handler + "::handleRequest");
    return builder.start();
  }

  private static void unzip(Path zip, Path to) throws IOException {
    try (var in = new ZipInputStream(Files.newInputStream(zip))) {
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        var file = to.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(in, file);
        }
      }
    }
  }
}
