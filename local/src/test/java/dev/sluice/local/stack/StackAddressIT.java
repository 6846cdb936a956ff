package dev.sluice.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Both servers listen where they are told to, and nowhere else.
@EnabledOnOs(value = OS.LINUX, disabledReason = "all of 127.0.0.0/8 is this machine on Linux alone")
class StackAddressIT {
  private static final Path TEMPLATE = Path.of("..", "template.yaml");
  private static final Map<String, String> FEW =
      Map.of("FetchConcurrencyInvocations", "2", "ExtractConcurrencyInvocations", "2");

  @ParameterizedTest
  @CsvSource({"'', 127.0.0.1, 127.0.0.2", "127.0.0.2, 127.0.0.2, 127.0.0.1"})
  void theStackListensOnOneAddressAlone(
      String asked, String here, String elsewhere, @TempDir Path folder) throws Exception {
    try (var stack =
        asked.isEmpty()
            ? Stack.start(TEMPLATE, folder, FEW)
            : Stack.start(TEMPLATE, folder, FEW, asked)) {
      for (var name : new String[] {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SQS"}) {
        var endpoint = URI.create(Objects.requireNonNull(stack.environment("Split").get(name)));

        assertThat(endpoint.getHost()).isEqualTo(here);
        connect(here, endpoint.getPort());
        assertThatExceptionOfType(ConnectException.class)
            .as(name)
            .isThrownBy(() -> connect(elsewhere, endpoint.getPort()));
      }
    }
  }

  private static void connect(String address, int port) throws Exception {
    new Socket(InetAddress.ofLiteral(address), port).close();
  }
}
