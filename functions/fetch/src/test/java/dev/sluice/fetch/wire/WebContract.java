package dev.sluice.fetch.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.Fault;
import dev.sluice.flow.Web.Reply;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What the fetch stage relies on, whatever the web is made of.
abstract class WebContract {
  /// How the web answers the one request of a test.
  enum Behaviour {
    PAGE,
    REDIRECT,
    RESET,
    SILENCE
  }

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
    assertThat(broken.detail()).startsWith("total took more than");
    assertThat(broken.took().total()).isGreaterThanOrEqualTo(250);
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
