package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.archive.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The server over real sockets of 127.0.0.0/8.
@NullUnmarked // set before each test
@Timeout(60)
class PageServerIT {
  private static final String PAGE = "/lib/a/B.html";

  @TempDir Path folder;
  private PageServer server;

  @BeforeEach
  void start() throws Exception {
    JavadocPagesTest.jar(folder.resolve("lib-javadoc.jar"), "a/B.html");
    server = PageServer.start(Bodies.of(JavadocPages.of(folder)), 260, 0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Socket connect(int host) throws IOException {
    var socket = new Socket(Shape.host(host), server.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void ask(Socket socket, String path, String... fields) throws IOException {
    var head = "GET " + path + " HTTP/1.1\r\nHost: h\r\n" + String.join("", fields) + "\r\n";
    socket.getOutputStream().write(head.getBytes(ISO_8859_1));
  }

  /// Head and body; bytes as characters.
  private static String answer(Socket socket) throws IOException {
    var in = socket.getInputStream();
    var text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0) {
      var b = in.read();
      if (b < 0) {
        return text.toString();
      }
      text.append((char) b);
    }
    var length = text.toString().replaceAll("(?s).*content-length: (\\d+).*", "$1");
    return text + new String(in.readNBytes(Integer.parseInt(length)), ISO_8859_1);
  }

  @Test
  void aPageIsSentAsItIsWithItsType() throws IOException {
    try (var socket = connect(0)) {
      ask(socket, PAGE + "?again=1");

      assertThat(answer(socket))
          .startsWith("HTTP/1.1 200 OK\r\n")
          .contains("content-type: text/html; charset=utf-8\r\n")
          .doesNotContain("content-encoding")
          .endsWith("\r\n\r\na/B.html");
    }
  }

  @Test
  void aPageIsCompressedWhenTheRequestAsksForIt() throws IOException {
    try (var socket = connect(0)) {
      ask(socket, PAGE, "Accept-Encoding: br, GZIP;q=0.5\r\n");

      var answer = answer(socket);

      assertThat(answer).contains("content-encoding: gzip\r\n");
      var body = answer.substring(answer.indexOf("\r\n\r\n") + 4).getBytes(ISO_8859_1);
      assertThat(new String(Bodies.plain(body), UTF_8)).isEqualTo("a/B.html");
    }
  }

  @Test
  void aRequestThatRefusesGzipGetsNone() throws IOException {
    try (var socket = connect(0)) {
      ask(socket, PAGE, "Accept-Encoding: gzip;q=0, identity\r\n");

      assertThat(answer(socket)).doesNotContain("content-encoding").endsWith("a/B.html");
    }
  }

  @Test
  void aConnectionCarriesMoreThanOneRequestAndRobotsAllows() throws IOException {
    try (var socket = connect(0)) {
      ask(socket, "/robots.txt");
      assertThat(answer(socket)).startsWith("HTTP/1.1 200 OK").endsWith("Allow: /\n");

      ask(socket, "/lib/a/None.html");
      assertThat(answer(socket)).startsWith("HTTP/1.1 404 Not Found");

      ask(socket, PAGE);
      assertThat(answer(socket)).startsWith("HTTP/1.1 200 OK");
    }
    assertThat(server.served().robots()).isEqualTo(1);
    assertThat(server.served().pages()).isEqualTo(1);
    assertThat(server.served().strange()).isEqualTo(1);
  }

  @Test
  void aHangingUrlIsNeverAnsweredAndHoldsUpNoOther() throws IOException {
    try (var hanging = connect(0);
        var other = connect(0)) {
      hanging.setSoTimeout(300);
      ask(hanging, "/hang" + PAGE);
      ask(hanging, PAGE); // behind it on the same connection

      assertThatThrownBy(() -> answer(hanging)).isInstanceOf(SocketTimeoutException.class);

      ask(other, PAGE);
      assertThat(answer(other)).startsWith("HTTP/1.1 200 OK");
    }
    assertThat(server.served().hung()).isEqualTo(1);
  }

  @Test
  void aRedirectLeadsToTheHostAndPathThatItNames() throws IOException {
    try (var socket = connect(0)) {
      ask(socket, "/away/127.0.1.7" + PAGE + "?again=1");

      assertThat(answer(socket))
          .startsWith("HTTP/1.1 302 Found\r\n")
          .contains("location: http://127.0.1.7:" + server.port() + PAGE + "?again=1\r\n");
    }
    assertThat(server.served().redirects()).isEqualTo(1);
  }

  @Test
  void anAnswerIsAsLateAsAskedForAndHoldsUpNoOther() throws Exception {
    try (var late = PageServer.start(Bodies.of(JavadocPages.of(folder)), 1, 700);
        var slow = new Socket(Shape.host(0), late.port());
        var robots = new Socket(Shape.host(0), late.port())) {
      slow.setSoTimeout(300);
      ask(slow, PAGE);
      assertThatThrownBy(() -> answer(slow)).isInstanceOf(SocketTimeoutException.class);

      ask(robots, "/robots.txt");
      assertThat(answer(robots)).startsWith("HTTP/1.1 200 OK");
      slow.setSoTimeout(10_000);
      assertThat(answer(slow)).startsWith("HTTP/1.1 200 OK");
    }
  }

  @Test
  void everyHostHasAnAddressOfItsOwnAndNoOtherAddressIsBound() throws IOException {
    for (var host : new int[] {0, 249, 250, 259}) {
      try (var socket = connect(host)) {
        ask(socket, "/robots.txt");
        assertThat(answer(socket)).startsWith("HTTP/1.1 200 OK");
      }
    }
    assertThatThrownBy(() -> connect(260)).isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), server.port()))
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void theProcessEndsWithItsStandardInputAndSaysWhatItSaw() throws Exception {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                PageServer.class.getName(),
                folder.toString(),
                "1",
                "0")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), ISO_8859_1))) {
      var port = Integer.parseInt(said.readLine());
      try (var socket = new Socket(Shape.host(0), port)) {
        socket.setSoTimeout(10_000);
        ask(socket, PAGE);
        assertThat(answer(socket)).startsWith("HTTP/1.1 200 OK");
        ask(socket, "/hang" + PAGE); // a request that waits keeps nothing alive

        process.getOutputStream().close();

        var served = Json.read(Served.class, said.readLine().getBytes(ISO_8859_1));
        assertThat(served.pages()).isEqualTo(1);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
      }
    } finally {
      process.destroyForcibly();
    }
  }
}
