package dev.sluice.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkSystemSetting;

/// A client of an embedded endpoint, in surroundings that speak of another place.
@NullUnmarked // set before each test
class AwsTest {
  @TempDir Path home;
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private Properties before;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    before = (Properties) System.getProperties().clone();
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            var answer = "{\"QueueUrl\":\"http://127.0.0.1/queue\"}".getBytes(UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
            var head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, head ? -1 : answer.length);
            exchange.getResponseBody().write(head ? new byte[0] : answer);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    System.setProperties(before);
  }

  private void everythingWorks() {
    var endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
    var env =
        Map.of(
            "AWS_ENDPOINT_URL_SQS", endpoint,
            "AWS_ENDPOINT_URL_S3", endpoint,
            "AWS_REGION", "eu-central-1",
            "AWS_ACCESS_KEY_ID", "id",
            "AWS_SECRET_ACCESS_KEY", "secret");

    try (var aws = Aws.open(env)) {
      aws.sqs().getQueueUrl(ask -> ask.queueName("queue")).join();
      aws.s3().headObject(head -> head.bucket("bucket").key("key")).join();

      assertThat(asked).containsExactly("POST /", "HEAD /bucket/key");
      assertThat(aws.presignPut("bucket", "key", Duration.ofMinutes(1)))
          .startsWith(endpoint + "/bucket/key?")
          .contains("id%2F")
          .contains("%2Feu-central-1%2Fs3%2F");
    }
  }

  /// Port 9 of this machine is nobody's.
  @Test
  void noProxyStandsBetween() {
    for (var scheme : List.of("http", "https")) {
      System.setProperty(scheme + ".proxyHost", "127.0.0.1");
      System.setProperty(scheme + ".proxyPort", "9");
    }
    System.setProperty("http.nonProxyHosts", "");
    System.setProperty("socksProxyHost", "127.0.0.1");
    System.setProperty("socksProxyPort", "9");

    everythingWorks();
  }

  @Test
  void noSettingOfTheSdkCounts() {
    allSettings("true");
    System.setProperty("aws.region", "us-gov-west-1");
    System.setProperty("aws.endpointUrl", "http://127.0.0.1:9");

    everythingWorks();
  }

  @Test
  void whatIsWrongInASettingOfTheSdkIsNotRead() {
    allSettings("no such value");

    everythingWorks();
  }

  /// All but the file of the regions, which the SDK has no other way to be told of.
  private static void allSettings(String value) {
    for (var setting : SdkSystemSetting.values()) {
      if (setting.property() != null && setting != SdkSystemSetting.AWS_PARTITIONS_FILE) {
        System.setProperty(setting.property(), value);
      }
    }
  }

  @Test
  void noProfileFileCounts() throws IOException {
    profiles(
        """
        [default]
        region = us-gov-west-1
        use_fips_endpoint = true
        use_dualstack_endpoint = true
        endpoint_url = http://127.0.0.1:9
        retry_mode = none
        max_attempts = none
        defaults_mode = none
        request_min_compression_size_bytes = none
        disable_request_compression = none
        auth_scheme_preference = none
        s3_disable_express_session_auth = none
        account_id_endpoint_mode = none
        sdk_ua_app_id = none
        """);

    everythingWorks();
  }

  @Test
  void aBrokenProfileFileIsNotRead() throws IOException {
    profiles("[default\nthis is no = = setting\n  at all\n");

    everythingWorks();
  }

  private void profiles(String text) throws IOException {
    System.setProperty("aws.configFile", Files.writeString(home.resolve("config"), text) + "");
    System.setProperty(
        "aws.sharedCredentialsFile", Files.writeString(home.resolve("credentials"), text) + "");
    System.setProperty("aws.profile", "default");
  }
}
