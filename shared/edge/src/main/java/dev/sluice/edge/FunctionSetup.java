package dev.sluice.edge;

import dev.sluice.flow.Message;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.Visibilities;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Sets a function up from its environment: makes its ports, and reads the settings that every
/// function has, each by the name of its variable. Holds the clients and the temporary folder of
/// the execution environment, which [#close] ends.
///
/// A variable that is missing or wrong does not end the making of ports: [#make] names all of them
/// at its end.
public final class FunctionSetup implements AutoCloseable {
  private final Settings settings;
  private final Aws aws;
  private final List<Runnable> closings = new ArrayList<>();
  private @Nullable TempFolder temp;

  public FunctionSetup(Map<String, String> env) {
    settings = new Settings(env);
    aws = Aws.open(env);
  }

  /// Makes a part of the function; a refused setting closes this setup.
  ///
  /// @throws IllegalArgumentException if any setting is missing or wrong; names all of them
  public <T> T make(Function<FunctionSetup, T> part) {
    try {
      return settings.read(_ -> part.apply(this));
    } catch (RuntimeException refused) {
      close();
      throw refused;
    }
  }

  /// The settings that the function alone has.
  public Settings settings() {
    return settings;
  }

  /// The bucket `BUCKET`.
  public ObjectStore store() {
    return new S3ObjectStore(aws.s3(), settings.text("BUCKET"));
  }

  /// A channel without a mark.
  ///
  /// @param urlName the variable that holds the URL of the queue
  public <M extends Message> Outbox<M> queue(String urlName) {
    return SqsChannel.unbounded(aws.sqs(), settings.text(urlName), sendConcurrency());
  }

  /// A channel whose sends wait at the mark; see [SqsChannel#bounded].
  ///
  /// @param urlNames the variables that hold the URLs of the queue and of those downstream
  public <M extends Message> Outbox<M> boundedQueue(
      List<String> urlNames, long highWater, long lowWater) {
    var urls = urlNames.stream().map(settings::text).toList();
    return SqsChannel.bounded(aws.sqs(), urls, highWater, lowWater, sendConcurrency());
  }

  private int sendConcurrency() {
    return settings.count("SEND_CONCURRENCY_REQUESTS", 1, 100);
  }

  /// The visibilities of the queue that feeds the function.
  ///
  /// @param urlName the variable that holds the URL of the queue
  public Visibilities visibilities(String urlName) {
    return new SqsVisibilities(aws.sqs(), settings.text(urlName));
  }

  /// The time that an invocation keeps back for its end.
  public Duration reserve() {
    return settings.millis("RESERVE_MILLIS", 500, 60_000);
  }

  /// The time that a job has from its manifest's creation; zero is no limit.
  public Duration jobDeadline() {
    return Duration.ofSeconds(settings.number("JOB_DEADLINE_SECONDS", 0, 31_536_000));
  }

  /// The temporary folder, opened when it is asked for first.
  public TempFolder temp() {
    if (temp == null) {
      temp = TempFolder.open();
    }
    return temp;
  }

  /// Begins an invocation in the temporary folder, if the function has one; see [TempFolder#use].
  public TempFolder.Use use() {
    return temp == null ? () -> {} : temp.use();
  }

  /// Has [#close] run this before it closes the clients.
  public void onClose(Runnable closing) {
    closings.add(closing);
  }

  /// Closes the clients, and removes the temporary folder.
  @Override
  public void close() {
    closings.forEach(Runnable::run);
    aws.close();
    if (temp != null) {
      temp.close();
    }
  }
}
