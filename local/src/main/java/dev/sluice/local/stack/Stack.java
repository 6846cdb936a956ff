package dev.sluice.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.async.Island;
import dev.sluice.edge.Aws;
import dev.sluice.edge.S3ObjectStore;
import dev.sluice.flow.ObjectStore;
import dev.sluice.local.mapping.Arns;
import dev.sluice.local.mapping.Counters;
import dev.sluice.local.mapping.DeadLetters;
import dev.sluice.local.mapping.Invoked;
import dev.sluice.local.mapping.Poller;
import dev.sluice.local.template.Template;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import software.amazon.awssdk.services.sqs.model.CreateQueueResponse;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// All of Sluice in this process: SQS by ElasticMQ, S3 by S3Proxy over a folder, and the functions,
/// queues and mappings that the template names. Everything listens on free ports of one address,
/// 127.0.0.1 unless another is asked for, and ends with [#close].
public final class Stack implements AutoCloseable {
  /// Loggers whose warnings would stand between the lines of the progress and say nothing of a job.
  /// Netty takes a silent slf4j for none, and warns of requests that end while its clients are
  /// closed. A fan-out warns of a callback that holds its driver, which is often so on a machine
  /// that is busy or has just begun; the log line of fetch has it. The list holds the loggers,
  /// which the JDK forgets otherwise.
  private static final List<Logger> QUIET =
      List.of(Logger.getLogger("io.netty"), Logger.getLogger("dev.sluice.async"));

  static {
    QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
  }

  private static final String LOOPBACK = "127.0.0.1";
  private static final String BUCKET = "bucket";
  private static final String IDENTITY = "local";
  private static final String CREDENTIAL = "local-secret";
  private static final Duration INVOCATIONS_END = Duration.ofMillis(1_500);
  private static final Duration INVOCATIONS_BREAK = Duration.ofMillis(700);
  private static final Duration SERVERS_STOP = Duration.ofSeconds(1);
  private static final int STORE_STOP_MILLIS = 500;
  private static final Duration RESTART = Duration.ofHours(1);

  private final String address;
  private final Path roof;
  private final QueueServer queuesServer;
  private final S3Proxy storeServer;
  private final Aws aws;
  private final Map<String, String> queueUrls = new HashMap<>();
  private final Map<String, Template.Queue> queues;
  private final List<Template.BucketNotification> notifications;
  private final Map<String, Map<String, String>> environments = new HashMap<>();
  private final List<Poller> pollers = new ArrayList<>();
  private final List<Thread> pollerThreads = new ArrayList<>();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final Counters counters = Counters.zero();
  private final ObjectStore store;

  private Stack(Template template, Path folder, String address, Predicate<Template.Mapping> isFed)
      throws IOException {
    this.address = address;
    queues = template.queues();
    notifications = template.notifications();
    // The bucket is the folder itself: a folder above it that holds nothing but a link to it.
    roof = Files.createTempDirectory("sluice-stack-");
    Files.createSymbolicLink(roof.resolve(BUCKET), folder.toRealPath());
    // The two servers share nothing and take half a second each: they start side by side.
    var queuesStart = new FutureTask<>(() -> QueueServer.start(address, Arns.REGION));
    Thread.ofPlatform().daemon().name("stack-start").start(queuesStart);
    storeServer =
        S3Proxy.builder()
            .blobStore(
                new Bucket(
                    new FilesystemNio2BlobStore(roof.toString()),
                    folder,
                    () -> folder.toFile().getUsableSpace(),
                    this::created,
                    counters.broken()::set))
            .endpoint(URI.create("http://" + address + ":0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, IDENTITY, CREDENTIAL)
            .stopTimeout(STORE_STOP_MILLIS)
            .build();
    try {
      try {
        storeServer.start();
      } finally {
        queuesServer = queuesStart.get();
      }
      aws = Aws.open(clientEnvironment());
      store = new S3ObjectStore(aws.s3(), BUCKET);
      createQueues();
      startPollers(template, isFed);
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
    return new Stack(Template.read(template, parameters), folder, address, _ -> true);
  }

  /// Starts all, but feeds these functions alone. The messages of the others stay in their queues
  /// for whoever takes their place.
  ///
  /// @param functions as the template names them
  public static Stack feeding(
      Set<String> functions, Path template, Path folder, Map<String, String> parameters)
      throws IOException {
    return new Stack(
        Template.read(template, parameters),
        folder,
        LOOPBACK,
        mapping -> functions.contains(mapping.function()));
  }

  /// The bucket.
  public ObjectStore store() {
    return store;
  }

  /// The functions that the template names.
  public Set<String> functions() {
    return Set.copyOf(environments.keySet());
  }

  /// The variables of a function, with the addresses and credentials of this stack.
  public Map<String, String> environment(String function) {
    return named(environments, function);
  }

  /// Why a function cannot be started at all, if one cannot: nothing will go on then.
  public Optional<String> broken() {
    return Optional.ofNullable(counters.broken().get());
  }

  /// The counts of the mappings so far.
  public Counters counters() {
    return counters;
  }

  /// Is told of each invocation when it has ended, on its thread; must not block.
  public void onInvoked(Consumer<Invoked> listener) {
    counters.listeners().add(listener);
  }

  /// Is told the key of each object after it was put, on the thread of its request; must not block.
  public void onCreated(Consumer<String> listener) {
    listeners.add(listener);
  }

  /// Goes on with a job whose messages are lost, see [Restart].
  ///
  /// @param deadline of the job; earlier ones, in its plans, no longer count
  /// @throws IllegalStateException if the bucket cannot be read or a queue refuses
  /// @throws InterruptedException if the caller is interrupted
  public void restart(String manifest, Instant deadline) throws InterruptedException {
    try {
      Island.run(
          Deadline.in(RESTART),
          Duration.ofSeconds(1),
          run ->
              new Restart(store, aws.sqs(), name -> named(queueUrls, name), run)
                  .of(manifest, deadline));
    } catch (InterruptedException | RuntimeException failed) {
      throw failed;
    } catch (Exception failed) {
      throw new IllegalStateException(manifest + " cannot be gone on with: " + failed, failed);
    }
  }

  private Map<String, String> clientEnvironment() {
    var port = queuesServer.port();
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
      var created = new HashMap<String, CompletableFuture<CreateQueueResponse>>();
      for (var queue : queues.values()) {
        if ((queue.deadLetters() == null) == (pass == 0)) {
          created.put(queue.name(), create(queue));
        }
      }
      created.forEach((name, queue) -> queueUrls.put(name, queue.join().queueUrl()));
    }
  }

  private CompletableFuture<CreateQueueResponse> create(Template.Queue queue) {
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
        .createQueue(create -> create.queueName(queue.queueName()).attributes(attributes));
  }

  private void startPollers(Template template, Predicate<Template.Mapping> isFed) {
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
    for (var mapping : template.mappings().stream().filter(isFed).toList()) {
      var function = named(functions, mapping.function());
      var here = function.with(named(environments, function.name()));
      var queue = named(queues, mapping.queue());
      var letters = queue.deadLetters() == null ? null : named(queueUrls, queue.deadLetters());
      var poller =
          new Poller(
              here,
              mapping,
              queue,
              named(queueUrls, queue.name()),
              new DeadLetters(aws.sqs(), letters),
              aws.sqs(),
              counters);
      pollers.add(poller);
      pollerThreads.add(Thread.ofPlatform().daemon().name("poll-" + function.name()).start(poller));
    }
  }

  private static <T> T named(Map<String, T> resources, String name) {
    var found = resources.get(name);
    if (found == null) {
      throw new IllegalArgumentException("template: there is no resource " + name);
    }
    return found;
  }

  /// Tells the queues that the template names of an object that was created.
  private void created(String key) {
    listeners.forEach(listener -> listener.accept(key));
    for (var notification : notifications) {
      if (key.startsWith(notification.prefix())) {
        tell(notification.queue(), event(key));
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

  /// The object is there even if the notification fails, so the put does not fail for it: nobody
  /// would try it again. But no job starts without the notification, so a failure is printed.
  private void tell(String queue, String body) {
    aws.sqs()
        .sendMessage(send -> send.queueUrl(named(queueUrls, queue)).messageBody(body))
        .handle((_, failure) ->
            failure == null
                ? null
                : counters
                    .broken()
                    .compareAndSet(null, queue + " cannot be told of a new object: " + failure))
        .join();
  }

  /// Ends all of it within 3 s: invocations that are under way have 1.5 s to end by themselves and
  /// are interrupted then. Objects that they had not put are not there.
  @Override
  public void close() {
    stop();
  }

  private void stop() {
    pollers.forEach(Poller::stop);
    joinAll(pollerThreads, INVOCATIONS_END);
    pollerThreads.forEach(Thread::interrupt);
    joinAll(pollerThreads, INVOCATIONS_BREAK);
    // Side by side and on threads of their own: the SDK's client waits 2 s for its event loop to
    // fall quiet, and nobody has to wait for that.
    joinAll(
        List.of(
            ending("queues", queuesServer == null ? () -> {} : queuesServer::close),
            ending("store", this::stopStore),
            ending("clients", aws == null ? () -> {} : aws::close)),
        SERVERS_STOP);
    try {
      Files.deleteIfExists(roof.resolve(BUCKET));
      Files.deleteIfExists(roof);
    } catch (IOException left) {
      System.out.println("left behind: " + roof);
    }
  }

  private void stopStore() {
    try {
      storeServer.stop();
    } catch (Exception failed) {
      System.out.println("the store did not stop: " + failed);
    }
  }

  private static Thread ending(String what, Runnable end) {
    return Thread.ofPlatform().daemon().name("stack-stop-" + what).start(end);
  }

  /// Until all have ended or the time is over; an interrupt is kept for the caller.
  private static void joinAll(List<Thread> threads, Duration most) {
    var end = System.nanoTime() + most.toNanos();
    try {
      for (var thread : threads) {
        thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
