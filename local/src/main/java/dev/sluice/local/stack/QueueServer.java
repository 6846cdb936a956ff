package dev.sluice.local.stack;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.ActorSystem;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;

/// ElasticMQ on a free port of an address of this machine.
///
/// It runs on an actor system of ours, for two reasons. Its own stop waits until every long poll
/// was answered, up to 5 s; terminating the system ends them at once. And its own system would end
/// by itself at the first Ctrl-C, while the functions still send.
final class QueueServer implements AutoCloseable {
  private static final String SETTINGS =
      """
      pekko.daemonic = on
      pekko.loglevel = OFF
      pekko.jvm-shutdown-hooks = off
      pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
      """;
  private static final int CLOSE_SECONDS = 2;

  /// System properties that put a file of the user's in the place of the server's own settings,
  /// which it reads again and again.
  private static final List<String> OTHER_SETTINGS =
      List.of("config.file", "config.resource", "config.url");

  private final ActorSystem system;
  private final int port;

  private QueueServer(ActorSystem system, SQSRestServer server) {
    this.system = system;
    port = server.waitUntilStarted().localAddress().getPort();
  }

  /// Starts it; it listens when this returns.
  static QueueServer start(String address, String region) {
    OTHER_SETTINGS.forEach(System::clearProperty);
    var settings = ConfigFactory.parseString(SETTINGS).withFallback(ConfigFactory.load());
    var system = ActorSystem.create("queues", settings);
    try {
      return new QueueServer(
          system,
          SQSRestServerBuilder.withActorSystem(system)
              .withInterface(address)
              .withDynamicPort()
              .withAWSRegion(region)
              .start());
    } catch (RuntimeException failed) {
      system.terminate();
      throw failed;
    }
  }

  int port() {
    return port;
  }

  /// Ends it and all that is under way; waits for that at most 2 s.
  @Override
  public void close() {
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException late) {
      // Its threads are daemons and hold nothing that is needed again.
    }
  }
}
