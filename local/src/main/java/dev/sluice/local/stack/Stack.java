package dev.sluice.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.edge.Aws;
import dev.sluice.edge.Gzip;
import dev.sluice.edge.Json;
import dev.sluice.edge.S3ObjectStore;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Plan;
import dev.sluice.flow.SplitTask;
import dev.sluice.local.mapping.Arns;
import dev.sluice.local.mapping.Poller;
import dev.sluice.local.template.Template;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// All of Sluice in this process: SQS by ElasticMQ, S3 by S3Proxy over a folder, and the functions,
/// queues and mappings that the template names. Everything listens on free ports of one address,
/// 127.0.0.1 unless another is asked for, and ends with [#close].
public final class Stack implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String BUCKET = "bucket";
  private static final String IDENTITY = "local";
  private static final String CREDENTIAL = "local-secret";

  private final String address;
  private final Path roof;
  private final SQSRestServer queuesServer;
  private final S3Proxy storeServer;
  private final Aws aws;
  private final Map<String, String> queueUrls = new HashMap<>();
  private final Map<String, Template.Queue> queues;
  private final List<Template.Notification> notifications;
  private final Map<String, Map<String, String>> environments = new HashMap<>();
  private final List<Thread> pollers = new ArrayList<>();
  private final Poller.Counters counters = Poller.Counters.zero();
  private final ObjectStore store;

  private Stack(Template template, Path folder, String address) throws IOException {
    this.address = address;
    queues = template.queues();
    notifications = template.notifications();
    // The bucket is the folder itself: a folder above it that holds nothing but a link to it.
    roof = Files.createTempDirectory("sluice-stack-");
    Files.createSymbolicLink(roof.resolve(BUCKET), folder.toRealPath());
    queuesServer =
        SQSRestServerBuilder.withInterface(address)
            .withDynamicPort()
            .withAWSRegion(Arns.REGION)
            .start();
    storeServer =
        S3Proxy.builder()
            .blobStore(new Bucket(new FilesystemNio2BlobStore(roof.toString()), this::created))
            .endpoint(URI.create("http://" + address + ":0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, IDENTITY, CREDENTIAL)
            .stopTimeout(1_000)
            .build();
    try {
      storeServer.start();
      aws = Aws.open(clientEnvironment());
      store = new S3ObjectStore(aws.s3(), BUCKET);
      createQueues();
      startPollers(template);
    } catch (IOException | RuntimeException failed) {
      stop();
      throw failed;
    } catch (Exception failed) {
      stop();
      throw new IOException("the embedded servers do not start", failed);
    }
  }

  /// Starts all that the template names.
  ///
  /// @param folder that is the bucket; it exists
  /// @param parameters of the template, instead of its defaults
  /// @throws IllegalArgumentException if the template or a parameter is wrong; names it
  /// @throws IOException if a server does not start
  public static Stack start(Path template, Path folder, Map<String, String> parameters)
      throws IOException {
    return start(template, folder, parameters, LOOPBACK);
  }

  /// The same on another address, for functions that run in containers.
  ///
  /// @param address IPv4, of an interface of this machine; whoever reaches it can use the stack
  public static Stack start(
      Path template, Path folder, Map<String, String> parameters, String address)
      throws IOException {
    return new Stack(Template.read(template, parameters), folder, address);
  }

  /// The bucket.
  public ObjectStore store() {
    return store;
  }

  /// The functions that the template names.
  public Set<String> functions() {
    return Set.copyOf(environments.keySet());
  }

  /// The variables of a function, with what leads its clients here.
  public Map<String, String> environment(String function) {
    return named(environments, function);
  }

  /// Why a function cannot be started at all, if one cannot: nothing will go on then.
  public Optional<String> broken() {
    return Optional.ofNullable(counters.broken().get());
  }

  /// What the mappings did so far.
  public Poller.Counters counters() {
    return counters;
  }

  /// Goes on with a job whose messages are lost: each planned part is split again, which finds its
  /// plan and repeats what follows; what was done is found there.
  public void restart(JobId job, String manifest) {
    var head = store.head(manifest).join().orElseThrow();
    var deadline = Instant.parse("9999-12-31T23:59:59Z");
    long offset = 0;
    long line = 1;
    for (var part = 0; ; part++) {
      send(
          "SplitQueue",
          Json.write(
              new SplitTask.Part(job, manifest, head.etag(), part, offset, line, 0, deadline)));
      var plan = store.get(Keys.plan(job, part)).join();
      if (plan.isEmpty()) {
        return;
      }
      Plan read;
      try {
        read = Gzip.read(Plan.class, plan.get().bytes());
      } catch (IOException broken) {
        throw new IllegalStateException(Keys.plan(job, part) + " cannot be read", broken);
      }
      if (read.last()) {
        return;
      }
      offset = read.nextOffset();
      line = read.nextLine();
    }
  }

  private Map<String, String> clientEnvironment() {
    var port = queuesServer.waitUntilStarted().localAddress().getPort();
    return Map.of(
        "AWS_ENDPOINT_URL_SQS",
        "http://" + address + ":" + port,
        "AWS_ENDPOINT_URL_S3",
        "http://" + address + ":" + storeServer.getPort(),
        "AWS_REGION",
        Arns.REGION,
        "AWS_ACCESS_KEY_ID",
        IDENTITY,
        "AWS_SECRET_ACCESS_KEY",
        CREDENTIAL);
  }

  private void createQueues() {
    // Queues without a redrive first: they are the dead letters of the others.
    for (var pass = 0; pass < 2; pass++) {
      for (var queue : queues.values()) {
        if ((queue.deadLetters() == null) == (pass == 0)) {
          queueUrls.put(queue.name(), create(queue));
        }
      }
    }
  }

  private String create(Template.Queue queue) {
    var attributes = new HashMap<QueueAttributeName, String>();
    if (queue.fifo()) {
      attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
    }
    if (queue.visibility() != null) {
      attributes.put(QueueAttributeName.VISIBILITY_TIMEOUT, "" + queue.visibility().toSeconds());
    }
    var letters = queue.deadLetters() == null ? null : queues.get(queue.deadLetters());
    if (letters != null) {
      attributes.put(
          QueueAttributeName.REDRIVE_POLICY,
          Json.object()
              .put("deadLetterTargetArn", Arns.queue(letters.queueName()))
              .put("maxReceiveCount", "" + queue.maxReceives())
              .toString());
    }
    return aws.sqs()
        .createQueue(create -> create.queueName(queue.queueName()).attributes(attributes))
        .join()
        .queueUrl();
  }

  private void startPollers(Template template) {
    var functions =
        template.functions(
            new Template.Places() {
              @Override
              public String queueUrl(Template.Queue queue) {
                return named(queueUrls, queue.name());
              }

              @Override
              public String bucket() {
                return BUCKET;
              }
            });
    for (var function : functions.values()) {
      var environment = new HashMap<>(function.environment());
      environment.putAll(clientEnvironment());
      environments.put(function.name(), environment);
    }
    for (var mapping : template.mappings()) {
      var function = named(functions, mapping.function());
      var here =
          new Template.Function(
              function.name(),
              function.handler(),
              function.timeout(),
              named(environments, function.name()));
      var queue = named(queues, mapping.queue());
      for (var i = 0; i < mapping.concurrency(); i++) {
        pollers.add(
            Thread.ofPlatform()
                .daemon()
                .name("mapping-" + function.name() + "-" + i)
                .start(
                    new Poller(
                        here,
                        mapping,
                        queue.queueName(),
                        named(queueUrls, queue.name()),
                        aws.sqs(),
                        counters)));
      }
    }
  }

  private static <T> T named(Map<String, T> resources, String name) {
    var found = resources.get(name);
    if (found == null) {
      throw new IllegalArgumentException("template: there is no resource " + name);
    }
    return found;
  }

  /// Tells what was created to the queues that the template names.
  private void created(String key) {
    for (var notification : notifications) {
      if (key.startsWith(notification.prefix())) {
        send(notification.queue(), event(key));
      }
    }
  }

  private static String event(String key) {
    var event = Json.object();
    var record = event.putArray("Records").addObject();
    record
        .put("eventVersion", "2.1")
        .put("eventSource", "aws:s3")
        .put("awsRegion", Arns.REGION)
        .put("eventTime", Instant.now().toString())
        .put("eventName", "ObjectCreated:Put");
    var s3 = record.putObject("s3").put("s3SchemaVersion", "1.0");
    s3.putObject("bucket").put("name", BUCKET).put("arn", "arn:aws:s3:::" + BUCKET);
    s3.putObject("object").put("key", URLEncoder.encode(key, UTF_8));
    return event.toString();
  }

  private void send(String queue, String body) {
    aws.sqs().sendMessage(send -> send.queueUrl(named(queueUrls, queue)).messageBody(body)).join();
  }

  @Override
  public void close() {
    stop();
  }

  private void stop() {
    pollers.forEach(Thread::interrupt);
    if (aws != null) {
      aws.close();
    }
    for (var poller : pollers) {
      try {
        poller.join(1_000);
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
      }
    }
    try {
      storeServer.stop();
    } catch (Exception failed) {
      System.out.println("the store did not stop: " + failed);
    }
    queuesServer.stopAndWait();
    try {
      Files.deleteIfExists(roof.resolve(BUCKET));
      Files.deleteIfExists(roof);
    } catch (IOException left) {
      System.out.println("left behind: " + roof);
    }
  }
}
