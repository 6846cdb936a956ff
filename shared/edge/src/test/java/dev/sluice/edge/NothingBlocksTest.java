package dev.sluice.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.Channel;
import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Limiter;
import dev.sluice.async.Outcome;
import dev.sluice.async.Retry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingMethod;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/// Timers and the I/O threads of the SDK's client never block, whatever sinks and cancels do.
///
/// Watched by BlockHound, which takes over the methods of the JDK that block.
class NothingBlocksTest {
  private static final int ITEMS = 100;
  private static final int HANGING = ITEMS / 5;
  private static final String POOL_QUEUE =
      "java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue";
  private static final Queue<String> BLOCKED = new ConcurrentLinkedQueue<>();
  private static final Set<String> ENDED_ON = ConcurrentHashMap.newKeySet();

  private ServerSocket server;
  private Aws aws;

  @BeforeAll
  static void watch() {
    BlockHound.builder()
        .loadIntegrations() // Netty names what its own loops may do
        .nonBlockingThreadPredicate(others -> others.or(NothingBlocksTest::mayNotBlock))
        .blockingMethodCallback(NothingBlocksTest::blocked)
        .install();
  }

  private static void blocked(BlockingMethod method) {
    var frames = List.of(new Throwable().getStackTrace());
    // There the thread of a pool waits for work; it may have come there before it was watched.
    if (frames.stream().anyMatch(frame -> frame.getClassName().equals(POOL_QUEUE))) {
      return;
    }
    BLOCKED.add(method + " on " + Thread.currentThread().getName() + ": " + frames);
  }

  private static boolean mayNotBlock(Thread thread) {
    var name = thread.getName();
    return name.startsWith("sluice-timer")
        || name.startsWith("sluice-aws-timer")
        || name.startsWith("aws-java-sdk-NettyEventLoop");
  }

  @BeforeEach
  void start() throws IOException {
    BLOCKED.clear();
    server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().start(this::accept);
    aws =
        Aws.open(
            Map.of(
                "AWS_ENDPOINT_URL_S3",
                "http://127.0.0.1:" + server.getLocalPort(),
                "AWS_REGION",
                "eu-central-1",
                "AWS_ACCESS_KEY_ID",
                "id",
                "AWS_SECRET_ACCESS_KEY",
                "secret"));
  }

  @AfterEach
  void stop() throws IOException {
    aws.close();
    server.close();
  }

  private void accept() {
    try {
      while (true) {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      }
    } catch (IOException stopped) {
      // the server was closed
    }
  }

  /// Every fifth key hangs until the client closes.
  private static void answer(Socket socket) {
    try (socket) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      var out = socket.getOutputStream();
      for (var request = in.readLine(); request != null; request = in.readLine()) {
        for (var line = in.readLine(); line != null && !line.isEmpty(); ) {
          line = in.readLine();
        }
        if (request.matches("GET /bucket/k\\d*[05] .*")) {
          while (in.read() >= 0) {}
          return;
        }
        out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(US_ASCII));
      }
    } catch (IOException reset) {
      // the client has gone
    }
  }

  private CompletableFuture<ResponseBytes<GetObjectResponse>> get(int key) {
    return aws.s3()
        .getObject(get -> get.bucket("bucket").key("k" + key), AsyncResponseTransformer.toBytes());
  }

  @Test
  void noTimerAndNoThreadOfTheClientBlocks() throws Exception {
    var shared = Limiter.of(12);
    var warm = get(1).get(60, TimeUnit.SECONDS);
    var fetch =
        FanOut.<Integer, ResponseBytes<GetObjectResponse>>of(
                (key, call) -> {
                  call.onCancel(NothingBlocksTest::block);
                  var future = call.own(get(key));
                  var _ =
                      future.whenComplete((_, _) -> ENDED_ON.add(Thread.currentThread().getName()));
                  return future;
                })
            .concurrency(10)
            .limit(shared)
            .timeout(Duration.ofMillis(300))
            .retry(Retry.attempts(2).backoff(Duration.ofMillis(1), Duration.ofMillis(5)));

    var started = fetch.startForEach(IntStream.range(0, ITEMS).boxed().toList(), this::sink);
    var summary = fetch.forEach(IntStream.range(0, ITEMS).boxed().toList(), this::sink);
    var other = started.get(60, TimeUnit.SECONDS);

    var channel = Channel.<Integer>bounded(1);
    var nobodySends = channel.receive(Deadline.in(Duration.ofMillis(5)));
    nobodySends.thenAccept(_ -> {}).toCompletableFuture().get(20, TimeUnit.SECONDS);

    assertThat(warm.asUtf8String()).isEqualTo("ok");
    assertThat(List.of(summary, other))
        .allSatisfy(run -> assertThat(run.succeeded() + run.timedOut()).isEqualTo(ITEMS))
        .allSatisfy(run -> assertThat(run.timedOut()).isGreaterThanOrEqualTo(HANGING));
    assertThat(ENDED_ON).anyMatch(name -> name.startsWith("aws-java-sdk-NettyEventLoop"));
    assertThat(BLOCKED).isEmpty();
  }

  private void sink(Outcome<Integer, ?> outcome) {
    block();
  }

  private static void block() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aTimerThatBlocksWouldBeSeen() throws Exception {
    var done = new CountDownLatch(1);
    Thread.ofPlatform()
        .name("sluice-timer-that-blocks")
        .start(() -> {
          block();
          done.countDown();
        });

    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(BLOCKED.poll())
        .contains("java.lang.Thread.sleep")
        .contains("sluice-timer-that-blocks");
  }
}
