package dev.sluice.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.archive.Json;
import dev.sluice.flow.Message;
import dev.sluice.local.sam.EventFile;
import dev.sluice.local.sam.EventsStack;
import dev.sluice.local.template.Template;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The files of `events/` are events as AWS sends them, to the functions and queues of the
/// template.
@NullUnmarked // reads what may not be there
class EventsTest {
  private static final Path FOLDER = Path.of("..", "events");
  private static final Template TEMPLATE = template();
  private static final Map<String, Template.Function> FUNCTIONS = TEMPLATE.functions(places());

  @ParameterizedTest
  @MethodSource("files")
  void lambdasSerialiserReadsAllThatStandsInAFile(EventFile file) throws Exception {
    var written = Json.tree(Files.readString(file.path()));

    assertThat(lost("", written, Json.tree(again(file)))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("batches")
  void aBatchIsOfTheFunctionsQueueAndItsDigestsAreTrue(EventFile file) throws Exception {
    for (var message : records(file)) {
      var queue = queueOf(file.function(), message);
      assertThat(message.getMd5OfBody()).isEqualTo(md5(message.getBody()));
      assertThat(message.getAttributes().containsKey("MessageGroupId")).isEqualTo(queue.fifo());
    }
  }

  @ParameterizedTest
  @MethodSource("batches")
  void aBatchHasAGoodMessageAndThenABadOne(EventFile file) throws Exception {
    var messages = records(file);

    assertThat(messages).hasSize(2);
    assertThat(messages.get(0).getMessageId()).isNotEqualTo(messages.get(1).getMessageId());
    if (!file.function().equals("Start")) { // what it reads is S3's
      var good = Json.read(Message.class, messages.get(0).getBody());
      assertThat(good.job()).isEqualTo(EventsStack.JOB);
      if (queueOf(file.function(), messages.get(0)).fifo()) {
        assertThat(messages.get(0).getAttributes())
            .containsEntry("MessageGroupId", good.groupId())
            .containsEntry("MessageDeduplicationId", good.deduplicationId());
      }
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.read(Message.class, messages.get(1).getBody()));
    }
  }

  @Test
  void theManifestThatEventsNameIsTheOneThatIsThere() throws Exception {
    var etag = md5(EventsStack.LIST);
    var notification = Json.tree(records(file("start.json")).getFirst().getBody());
    var task = Json.tree(records(file("split.json")).getFirst().getBody());

    var object = notification.path("Records").path(0).path("s3").path("object");
    assertThat(object.path("eTag").asText()).isEqualTo(etag);
    assertThat(object.path("size").asInt()).isEqualTo(EventsStack.LIST.length());
    assertThat(task.path("etag").asText()).isEqualTo('"' + etag + '"');
    assertThat(task.path("manifest").asText()).isEqualTo(object.path("key").asText());
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aRequestHasTheRouteThatMatchesItsPath(EventFile file) throws Exception {
    var request = (APIGatewayV2HTTPEvent) read(file);
    var http = request.getRequestContext().getHttp();
    var path = request.getRouteKey().replaceFirst("^[A-Z]+ ", "");
    var parameters = request.getPathParameters();
    for (var name : parameters == null ? List.<String>of() : List.copyOf(parameters.keySet())) {
      path = path.replace("{" + name + "}", parameters.get(name));
    }

    assertThat(request.getRouteKey()).startsWith(http.getMethod() + " ");
    assertThat(path).isEqualTo(request.getRawPath()).isEqualTo(http.getPath());
    assertThat(request.getRequestContext().getRouteKey()).isEqualTo(request.getRouteKey());
    assertThat(request.getRequestContext().getAuthorizer().getIam()).isNotNull();
  }

  static List<EventFile> files() throws IOException {
    return EventFile.of(FOLDER, FUNCTIONS.keySet()); // refuses a function without a file
  }

  static Stream<EventFile> batches() throws IOException {
    return files().stream().filter(file -> eventType(file).equals(SQSEvent.class));
  }

  static Stream<EventFile> requests() throws IOException {
    return files().stream().filter(file -> eventType(file).equals(APIGatewayV2HTTPEvent.class));
  }

  private static EventFile file(String name) throws IOException {
    return files().stream().filter(file -> file.path().endsWith(name)).findFirst().orElseThrow();
  }

  private static List<SQSEvent.SQSMessage> records(EventFile file) throws IOException {
    return ((SQSEvent) read(file)).getRecords();
  }

  private static Object read(EventFile file) throws IOException {
    var type = eventType(file);
    return LambdaEventSerializers.serializerFor(type, type.getClassLoader())
        .fromJson(Files.readString(file.path()));
  }

  private static String again(EventFile file) throws IOException {
    var type = eventType(file);
    var out = new ByteArrayOutputStream();
    LambdaEventSerializers.serializerFor(type, type.getClassLoader()).toJson(read(file), out);
    return out.toString(UTF_8);
  }

  /// The type of event that the handler of the template, or the class that it extends, declares.
  @SuppressWarnings("unchecked")
  private static Class<Object> eventType(EventFile file) {
    var handler = FUNCTIONS.get(file.function()).handler().replaceAll("::.*", "");
    try {
      var type = Class.forName(handler);
      var declaring = type.getSuperclass() == Object.class ? type : type.getSuperclass();
      var declared = (ParameterizedType) declaring.getGenericInterfaces()[0];
      return (Class<Object>) declared.getActualTypeArguments()[0];
    } catch (ClassNotFoundException missing) {
      throw new AssertionError(missing);
    }
  }

  /// Where the second lacks or changes what the first says.
  private static List<String> lost(String at, JsonNode said, JsonNode kept) {
    return switch (said) {
      case ObjectNode object -> {
        var names = new HashSet<String>();
        object.fieldNames().forEachRemaining(names::add);
        yield names.stream()
            .flatMap(name -> lost(at + "." + name, said.path(name), kept.path(name)).stream())
            .toList();
      }
      case ArrayNode array ->
          Stream.iterate(0, i -> i < array.size(), i -> i + 1)
              .flatMap(i -> lost(at + "." + i, said.path(i), kept.path(i)).stream())
              .toList();
      default ->
          said.isNull() || said.asText().equals(kept.asText())
              ? List.of()
              : List.of(at + ": " + said + " became " + kept);
    };
  }

  /// The queue that the message says it is from; fails if the function reads no such queue.
  private static Template.Queue queueOf(String function, SQSEvent.SQSMessage message) {
    var queues =
        TEMPLATE.mappings().stream()
            .filter(one -> one.function().equals(function))
            .map(one -> TEMPLATE.queues().get(one.queue()))
            .toList();
    var arn = message.getEventSourceArn();
    assertThat(queues)
        .extracting(queue -> "arn:aws:sqs:eu-west-1:123456789012:" + queue.queueName())
        .contains(arn);
    return queues.stream()
        .filter(queue -> arn.endsWith(":" + queue.queueName()))
        .findFirst()
        .orElseThrow();
  }

  private static Template template() {
    try {
      return Template.read(Path.of("..", "template.yaml"), Map.of());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Template.Places places() {
    return new Template.Places() {
      @Override
      public String queueUrl(Template.Queue queue) {
        return queue.queueName();
      }

      @Override
      public String bucket() {
        return "bucket";
      }
    };
  }

  private static String md5(String text) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8)));
  }
}
