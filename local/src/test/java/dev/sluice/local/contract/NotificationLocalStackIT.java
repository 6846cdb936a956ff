package dev.sluice.local.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.archive.Json;
import dev.sluice.edge.Aws;
import dev.sluice.edge.S3ObjectStore;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.SplitTask;
import dev.sluice.local.LocalStack;
import dev.sluice.local.mapping.Environment;
import dev.sluice.local.template.Template;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.s3.model.Event;
import software.amazon.awssdk.services.s3.model.FilterRule;
import software.amazon.awssdk.services.s3.model.FilterRuleName;
import software.amazon.awssdk.services.s3.model.QueueConfiguration;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// A bucket that tells a queue what was created in it, set as the template says; and the function
/// that starts jobs reads what it says. `local` tells the same by itself.
@Timeout(120)
@ExtendWith(LocalStack.class)
@NullUnmarked // set before all tests
class NotificationLocalStackIT {
  private static final String BUCKET = "notifies-" + UUID.randomUUID();

  private static Aws aws;
  private static ObjectStore store;
  private static String startUrl;
  private static String splitUrl;
  private static Environment start;

  @BeforeAll
  static void theBucketNotifiesAsTheTemplateSays() throws Exception {
    var template = Template.read(Path.of("..", "template.yaml"), Map.of());
    aws = Aws.open(LocalStack.environment());
    aws.s3().createBucket(create -> create.bucket(BUCKET)).join();
    store = new S3ObjectStore(aws.s3(), BUCKET);
    assertThat(template.notifications()).hasSize(1);
    var notification = template.notifications().getFirst();
    var urls = new HashMap<String, String>();
    for (var queue : template.queues().values()) {
      urls.put(queue.name(), create(queue));
    }
    startUrl = urls.get(notification.queue());
    splitUrl = urls.get("SplitQueue");
    var arn = arn(startUrl);
    var prefix =
        FilterRule.builder().name(FilterRuleName.PREFIX).value(notification.prefix()).build();
    var tell =
        QueueConfiguration.builder()
            .queueArn(arn)
            .events(Event.S3_OBJECT_CREATED)
            .filter(filter -> filter.key(key -> key.filterRules(prefix)))
            .build();
    aws.s3()
        .putBucketNotificationConfiguration(put ->
            put.bucket(BUCKET).notificationConfiguration(all -> all.queueConfigurations(tell)))
        .join();
    start = Environment.start(function(template, urls));
  }

  private static Template.Function function(Template template, Map<String, String> urls) {
    var of =
        template
            .functions(
                new Template.Places() {
                  @Override
                  public String queueUrl(Template.Queue queue) {
                    return urls.get(queue.name());
                  }

                  @Override
                  public String bucket() {
                    return BUCKET;
                  }
                })
            .get("Start");
    var environment = new HashMap<>(of.environment());
    environment.putAll(LocalStack.environment());
    return new Template.Function(
        of.name(), of.handler(), Duration.ofSeconds(30), of.memoryMegabytes(), environment, false);
  }

  private static String create(Template.Queue queue) {
    var name = UUID.randomUUID() + queue.queueName();
    var attributes =
        queue.fifo()
            ? Map.of(QueueAttributeName.FIFO_QUEUE, "true")
            : Map.<QueueAttributeName, String>of();
    return aws.sqs()
        .createQueue(create -> create.queueName(name).attributes(attributes))
        .join()
        .queueUrl();
  }

  private static String arn(String url) {
    return aws.sqs()
        .getQueueAttributes(ask -> ask.queueUrl(url).attributeNames(QueueAttributeName.QUEUE_ARN))
        .join()
        .attributes()
        .get(QueueAttributeName.QUEUE_ARN);
  }

  @AfterAll
  static void stop() {
    if (start != null) {
      start.close();
    }
    aws.close();
  }

  /// One after the other: each looks at all that the bucket told.
  @Test
  void onlyWhatIsCreatedUnderManifestsStartsAJob() throws Exception {
    put("rows/spring/00000/split.jsonl.gz");
    put("manifests.txt");
    put("manifests/spring-1_a.txt");
    put("manifests/no job.txt");

    var told = new ArrayList<Message>();
    while (objectKeys(told).size() < 2) {
      told.addAll(receive(startUrl));
    }

    // LocalStack writes %20 where S3 writes +; both are read.
    assertThat(objectKeys(told))
        .extracting(key -> URLDecoder.decode(key, UTF_8))
        .containsExactlyInAnyOrder("manifests/spring-1_a.txt", "manifests/no job.txt");
    var answer = Json.tree(start.invoke(event(told), "request", "Root=1-0-0"));
    assertThat(answer.path("batchItemFailures")).hasSize(1);
    assertThat(answer.path("batchItemFailures").get(0).path("itemIdentifier").asText())
        .isEqualTo(
            told.stream()
                .filter(NotificationLocalStackIT::isBad)
                .findFirst()
                .orElseThrow()
                .messageId());
    var manifest = "manifests/spring-1_a.txt";
    var sent = receive(splitUrl);
    assertThat(sent).hasSize(1);
    var part = (SplitTask.Part) Json.read(SplitTask.class, sent.getFirst().body());
    assertThat(part.job()).isEqualTo(Keys.jobOf(manifest));
    assertThat(part.manifest()).isEqualTo(manifest);
    assertThat(part.etag()).isEqualTo(store.head(manifest).join().orElseThrow().etag());
    assertThat(objectKeys(receive(startUrl))).isEmpty();
  }

  private static boolean isBad(Message message) {
    return message.body().contains("no%20job") || message.body().contains("no+job");
  }

  private static void put(String key) {
    var content = new ObjectStore.Content.Bytes("http://x.test/".getBytes(UTF_8));
    store.put(key, content, new ObjectStore.Condition.IfAbsent()).join();
  }

  private static List<Message> receive(String url) {
    return aws.sqs()
        .receiveMessage(ask -> ask.queueUrl(url).maxNumberOfMessages(10).waitTimeSeconds(2))
        .join()
        .messages();
  }

  /// As they came, of all messages but S3's test event.
  private static List<String> objectKeys(List<Message> messages) {
    var keys = new ArrayList<String>();
    for (var message : messages) {
      for (var told : Json.tree(message.body()).path("Records")) {
        keys.add(told.path("s3").path("object").path("key").asText());
      }
    }
    return keys;
  }

  private static String event(List<Message> messages) {
    var event = Json.object();
    var records = event.putArray("Records");
    for (var message : messages) {
      records
          .addObject()
          .put("messageId", message.messageId())
          .put("receiptHandle", message.receiptHandle())
          .put("body", message.body())
          .put("eventSource", "aws:sqs")
          .put("eventSourceARN", "arn:aws:sqs:us-east-1:000000000000:Start")
          .put("awsRegion", "us-east-1")
          .putObject("attributes");
    }
    return event.toString();
  }
}
