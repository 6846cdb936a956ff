package dev.sluice.local;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PullResponseItem;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.testcontainers.DockerClientFactory;

/// The Docker engine of this machine, asked in bounded time.
///
/// A test that needs a container is skipped where [#missing] names a reason, and fails there when
/// `SLUICE_REQUIRE_DOCKER=1`. Nothing here hangs: an engine that does not answer is given up after
/// [#ENGINE], a pull after [#PULL].
public final class Docker {
  static final Duration ENGINE = Duration.ofSeconds(15);
  static final Duration PULL = Duration.ofSeconds(20);

  /// Each image is asked for once in a JVM.
  private static final Map<String, Optional<String>> ASKED = new ConcurrentHashMap<>();

  private Docker() {}

  /// Whether a test that needs a container must not be skipped.
  public static boolean isRequired() {
    return "1".equals(System.getenv("SLUICE_REQUIRE_DOCKER"));
  }

  /// Why no container of this image can be started here, in one line; empty if one can. An image
  /// that is not there is pulled.
  public static Optional<String> missing(String image) {
    return ASKED.computeIfAbsent(image, Docker::ask);
  }

  private static Optional<String> ask(String image) {
    DockerClient engine;
    try {
      engine = within(ENGINE, Docker::engine);
    } catch (TimeoutException late) {
      return Optional.of("no Docker engine answered in " + ENGINE.toSeconds() + " s");
    } catch (Exception none) {
      return Optional.of("no Docker engine: " + line(none));
    }
    try {
      within(ENGINE, () -> engine.inspectImageCmd(image).exec());
      return Optional.empty();
    } catch (NotFoundException absent) {
      return pull(engine, image);
    } catch (TimeoutException late) {
      return Optional.of("the Docker engine did not answer in " + ENGINE.toSeconds() + " s");
    } catch (Exception failed) {
      return Optional.of("the Docker engine refused: " + line(failed));
    }
  }

  private static Optional<String> pull(DockerClient engine, String image) {
    try (var pull = new ResultCallback.Adapter<PullResponseItem>()) {
      var pulled =
          within(
              PULL,
              () -> engine.pullImageCmd(image).exec(pull).awaitCompletion(60, TimeUnit.SECONDS));
      return pulled ? Optional.empty() : Optional.of(image + " was not pulled");
    } catch (TimeoutException late) {
      return Optional.of(image + " is not here and was not pulled in " + PULL.toSeconds() + " s");
    } catch (Exception refused) {
      return Optional.of(image + " is not here and cannot be pulled: " + line(refused));
    }
  }

  /// @throws IllegalStateException if there is none that publishes on our 127.0.0.1
  private static DockerClient engine() {
    var engine = DockerClientFactory.instance().client();
    var at = DockerClientFactory.instance().getTransportConfig().getDockerHost();
    if (!isHere(at)) {
      throw new IllegalStateException("it is not on this machine but at " + at);
    }
    return engine;
  }

  private static boolean isHere(URI engine) {
    return Set.of("unix", "npipe").contains(engine.getScheme())
        || Set.of("localhost", "127.0.0.1").contains(engine.getHost());
  }

  /// What the call returns or throws, on a thread of its own that is left behind when it is late.
  private static <T> T within(Duration limit, Callable<T> call) throws Exception {
    var task = new FutureTask<>(call);
    Thread.ofPlatform().daemon().name("docker-probe").start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw failed;
    }
  }

  private static String line(Exception thrown) {
    return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("").strip();
  }
}
