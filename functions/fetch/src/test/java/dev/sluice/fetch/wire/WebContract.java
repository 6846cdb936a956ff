package dev.sluice.fetch.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.Fault;
import dev.sluice.flow.Web.Reply;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the fetch stage relies on, whatever the web is made of.
abstract class WebContract {
  /// How the web answers the one request of a test.
  enum Behaviour {
    /// A plain text of five bytes.
    PAGE,
    /// The same, [#WAIT] after the request.
    LATE_PAGE,
    /// 2,000 bytes.
    LONG_PAGE,
    /// Five bytes of ten, and then no more.
    HALF_AND_SILENCE,
    /// Five bytes of ten, and then the connection breaks.
    HALF_AND_RESET,
    /// A head that promises ten bytes, and then no more.
    HEAD_AND_SILENCE,
    /// A head that promises ten bytes, and then the connection breaks.
    HEAD_AND_RESET,
    REDIRECT,
    RESET,
    SILENCE,
    /// Nobody listens.
    REFUSED
  }

  static final Duration WAIT = Duration.ofMillis(200);

  /// What a body may have, in bytes.
  static final int MAX_BODY_BYTES = 1_000;

  /// The reply to a request under a deadline.
  abstract Reply ask(Behaviour behaviour, Duration deadline) throws Exception;

  /// The reply to a request that is cancelled while it waits for an answer.
  abstract Reply cancelled(Behaviour behaviour) throws Exception;

  @Test
  void aPageHasItsHeadsItsFieldsAndItsBody() throws Exception {
    var response = (Reply.Response) ask(Behaviour.PAGE, Duration.ofSeconds(10));

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.field("content-type")).contains("text/plain");
    assertThat(new String(response.requestHead(), US_ASCII))
        .startsWith("GET /page HTTP/1.1\r\nHost: ");
    assertThat(new String(response.responseHead(), US_ASCII))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("\r\n\r\n");
    assertThat(response.ip()).isNotNull();
    assertThat(response.body().length()).isEqualTo(5);
    assertThat(response.bytesBody()).isEqualTo(5);
    assertThat(response.bytesWire()).isEqualTo(response.responseHead().length + 5);
    assertThat(response.truncated()).isNull();
    assertThat(WebFixture.text(response)).isEqualTo("hello");
    response.body().close();
  }

  @Test
  void aRedirectIsAnAnswerAndNotFollowed() throws Exception {
    var response = (Reply.Response) ask(Behaviour.REDIRECT, Duration.ofSeconds(10));

    assertThat(response.status()).isEqualTo(302);
    assertThat(response.field("Location")).contains("/elsewhere");
    response.body().close();
  }

  @Test
  void aConnectionThatBreaksOffIsADisconnectAfterTheRequestWasSent() throws Exception {
    var broken = (Reply.Broken) ask(Behaviour.RESET, Duration.ofSeconds(10));

    assertThat(broken.fault()).isEqualTo(Fault.Failed.DISCONNECT);
    assertThat(broken.sent()).isTrue();
    assertThat(broken.ip()).isNotNull();
  }

  @Test
  void aSilentServerEndsAtTheDeadlineOfTheCallWithATimeout() throws Exception {
    var broken = (Reply.Broken) ask(Behaviour.SILENCE, Duration.ofMillis(300));

    assertThat(broken.fault()).isEqualTo(Fault.Failed.TIMEOUT);
    assertThat(broken.sent()).isTrue();
    assertThat(broken.detail()).matches("total took more than \\d+ ms, in first_byte");
    assertThat(broken.took().total()).isGreaterThanOrEqualTo(250);
    assertThat(broken.took().body()).isNull();
  }

  @Test
  void aServerThatThinksTakesItsTimeBeforeTheFirstByte() throws Exception {
    var response = (Reply.Response) ask(Behaviour.LATE_PAGE, Duration.ofSeconds(10));

    var took = response.took();
    assertThat(took.firstByte()).isGreaterThanOrEqualTo((int) WAIT.toMillis() - 20);
    assertThat(took.tls()).isNull();
    assertThat(Stream.of(took.dns(), took.connect(), took.firstByte(), took.body()))
        .doesNotContainNull();
    assertThat(took.total()).isGreaterThanOrEqualTo(took.firstByte());
    response.body().close();
  }

  @Test
  void aServerThatStopsInTheBodyTakesItsTimeThereAndWhatCameIsKept() throws Exception {
    var response = (Reply.Response) ask(Behaviour.HALF_AND_SILENCE, Duration.ofSeconds(1));

    assertThat(response.truncated()).isEqualTo("time");
    assertThat(response.took().body()).isGreaterThan(response.took().firstByte());
    assertHalf(response);
  }

  @Test
  void aBodyThatBreaksOffIsKeptAsFarAsItCame() throws Exception {
    var response = (Reply.Response) ask(Behaviour.HALF_AND_RESET, Duration.ofSeconds(10));

    assertThat(response.truncated()).isEqualTo("disconnect");
    assertHalf(response);
  }

  private static void assertHalf(Reply.Response response) throws Exception {
    assertThat(WebFixture.text(response)).isEqualTo("hello");
    assertThat(response.bytesBody()).isEqualTo(5);
    assertThat(new String(response.responseHead(), US_ASCII)).contains("\r\nContent-Length: 5\r\n");
    response.body().close();
  }

  @Test
  void aHeadWithoutAnyOfItsBodyIsNoAnswer() throws Exception {
    var late = (Reply.Broken) ask(Behaviour.HEAD_AND_SILENCE, Duration.ofMillis(500));
    assertThat(late.fault()).isEqualTo(Fault.Failed.TIMEOUT);
    assertThat(late.detail()).matches("total took more than \\d+ ms, in body");

    var broken = (Reply.Broken) ask(Behaviour.HEAD_AND_RESET, Duration.ofSeconds(10));
    assertThat(broken.fault()).isEqualTo(Fault.Failed.DISCONNECT);
    assertThat(broken.detail()).contains(" in body");
    assertThat(broken.sent()).isTrue();
  }

  @Test
  void aBodyIsCutAtTheLimit() throws Exception {
    var response = (Reply.Response) ask(Behaviour.LONG_PAGE, Duration.ofSeconds(10));

    assertThat(response.truncated()).isEqualTo("length");
    assertThat(response.body().length()).isEqualTo(MAX_BODY_BYTES);
    assertThat(response.bytesBody()).isEqualTo(MAX_BODY_BYTES);
    assertThat(new String(response.responseHead(), US_ASCII))
        .contains("\r\nContent-Length: " + MAX_BODY_BYTES + "\r\n");
    response.body().close();
  }

  @Test
  void whereNobodyListensNothingIsSent() throws Exception {
    var broken = (Reply.Broken) ask(Behaviour.REFUSED, Duration.ofSeconds(10));

    assertThat(broken.fault()).isEqualTo(Fault.Failed.CONNECT);
    assertThat(broken.sent()).isFalse();
    assertThat(broken.ip()).isNull();
    assertThat(broken.took().connect()).isNotNull();
    assertThat(broken.took().firstByte()).isNull();
  }

  @Test
  void aCallThatIsCancelledEndsLongBeforeItsDeadline() throws Exception {
    var broken = (Reply.Broken) cancelled(Behaviour.SILENCE);

    assertThat(broken.fault()).isEqualTo(Fault.Failed.TIMEOUT);
    // Whether it was sent is not asked: the server may have the request before we know that.
    assertThat(broken.detail()).startsWith("the call was cancelled in ");
    assertThat(broken.took().total()).isLessThan(5_000);
  }
}
