package dev.sluice.local;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/// Makes a test class need LocalStack: it is skipped, with the reason, where LocalStack cannot be
/// had, or fails there when `SLUICE_REQUIRE_DOCKER=1`.
///
/// One container serves all such classes of a JVM. There is no reset: each test takes names of its
/// own. It listens on 127.0.0.1 alone, sees nothing of the Docker engine, is removed when the tests
/// have ended, and ends by itself after [#LIFETIME] when their JVM was killed.
public final class LocalStack implements ExecutionCondition, BeforeAllCallback {
  private static final String IMAGE =
      Objects.requireNonNullElse(
          System.getenv("SLUICE_LOCALSTACK_IMAGE"), "localstack/localstack:4.14.0");
  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration LIFETIME = Duration.ofMinutes(20);
  private static final int PORT = 4566;

  private static @Nullable Running running;

  /// The started container; JUnit closes it after the last test.
  private record Running(LocalStackContainer container) implements AutoCloseable {
    /// Waits until it is gone: Testcontainers' own hook would try to remove it again.
    @Override
    public void close() {
      var engine = container.getDockerClient();
      var id = container.getContainerId();
      container.stop();
      try {
        for (var look = 0; look < 100; look++) {
          engine.inspectContainerCmd(id).exec();
          TimeUnit.MILLISECONDS.sleep(100); // between looks at another process's work
        }
      } catch (NotFoundException gone) {
        return;
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
      }
      throw new IllegalStateException("LocalStack's container is still there: " + id);
    }
  }

  /// What leads [dev.sluice.edge.Aws] to the container.
  ///
  /// @throws IllegalStateException if the test class is not extended by this one
  public static Map<String, String> environment() {
    if (running == null) {
      throw new IllegalStateException("LocalStack was not started: the class must be extended");
    }
    var container = running.container();
    var endpoint = "http://127.0.0.1:" + container.getMappedPort(PORT);
    return Map.of(
        "AWS_ENDPOINT_URL_SQS", endpoint,
        "AWS_ENDPOINT_URL_S3", endpoint,
        "AWS_REGION", container.getRegion(),
        "AWS_ACCESS_KEY_ID", container.getAccessKey(),
        "AWS_SECRET_ACCESS_KEY", container.getSecretKey());
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    var missing = Docker.isRequired() ? Optional.<String>empty() : Docker.missing(IMAGE);
    return missing
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled("LocalStack can be had"));
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Docker.missing(IMAGE)
        .ifPresent(reason -> {
          throw new AssertionError("SLUICE_REQUIRE_DOCKER=1, but " + reason);
        });
    running =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.GLOBAL)
            .computeIfAbsent(LocalStack.class, _ -> start(), Running.class);
  }

  @SuppressWarnings("resource") // closed by JUnit's store
  private static Running start() {
    var container =
        new LocalStackContainer(
                DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("localstack/localstack"))
            .withServices("sqs", "s3")
            .withEnv("SQS_ENDPOINT_STRATEGY", "path")
            .withEnv("DISABLE_EVENTS", "1")
            .withEnv("SKIP_SSL_CERT_DOWNLOAD", "1")
            .withEnv("DNS_ADDRESS", "0")
            .withImagePullPolicy(_ -> false) // it is here: `missing` has asked
            .withStartupTimeout(START)
            .withCreateContainerCmdModifier(LocalStack::confine);
    // By default it is given the engine's socket, and asking whether that can be done takes an
    // image.
    container.setBinds(List.of());
    container.start();
    return new Running(container);
  }

  private static void confine(CreateContainerCmd create) {
    var entrypoint = create.getEntrypoint();
    if (entrypoint == null || !"sh".equals(entrypoint[0])) {
      throw new IllegalStateException("Testcontainers starts LocalStack in another way now");
    }
    var bounded = new String[entrypoint.length + 2];
    bounded[0] = "timeout";
    bounded[1] = "" + LIFETIME.toSeconds();
    System.arraycopy(entrypoint, 0, bounded, 2, entrypoint.length);
    create.withEntrypoint(bounded);
    var host = Objects.requireNonNull(create.getHostConfig());
    host.withAutoRemove(true);
    host.withPortBindings(
        new PortBinding(Ports.Binding.bindIp("127.0.0.1"), new ExposedPort(PORT)));
  }
}
