package dev.sluice.flow.url;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebUrlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://example.com                   | http://example.com/",
        "HTTP://EXAMPLE.com:80/A              | http://example.com/A",
        "https://example.com:443/             | https://example.com/",
        "http://example.com:443/              | http://example.com:443/",
        "http://example.com:/                 | http://example.com/",
        "http://example.com:0080/             | http://example.com/",
        "http://example.com:0/                | http://example.com:0/",
        "http:example.com                     | http://example.com/",
        "http:///example.com                  | http://example.com/",
        "http:\\\\example.com\\a\\b           | http://example.com/a/b",
        "http://example.com\\@b/              | http://example.com/@b/",
        "http://example.com/a#b?c             | http://example.com/a",
        "http://example.com?q=a b             | http://example.com/?q=a%20b",
        "http://example.com/a b/é             | http://example.com/a%20b/%C3%A9",
        "http://example.com/?q='\"é           | http://example.com/?q=%27%22%C3%A9",
        "http://example.com/%7Ea%2fb%         | http://example.com/%7Ea%2fb%",
        "http://example.com/a//b              | http://example.com/a//b",
        "http://a_b.example.com/              | http://a_b.example.com/",
        "http://example.com./                 | http://example.com./",
      })
  void itIsWrittenInOneForm(String given, String written) {
    assertThat(url(given).href()).isEqualTo(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/a/./b       | /a/b",
        "/a/../b      | /b",
        "/a/b/..      | /a/",
        "/a/.         | /a/",
        "/../../a     | /a",
        "/a/%2e%2E/b  | /b",
        "/a/.%2e      | /",
        "/a/..%2fb    | /a/..%2fb",
        "/a/...       | /a/...",
        "/..\\a       | /a",
      })
  void dotSegmentsAreTakenOutOfThePath(String given, String path) {
    assertThat(url("http://x.com" + given).pathAndQuery()).isEqualTo(path);
  }

  @Test
  void tabsAndLineBreaksInItAndWhiteSpaceAroundItAreNoPartOfIt() {
    assertThat(url(" \u0000\tht\ntp://exa\rmple.com/a\tb\n ").href())
        .isEqualTo("http://example.com/ab");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://faß.de/               | xn--fa-hia.de",
        "http://FASS.de/              | fass.de",
        "http://bücher.example/       | xn--bcher-kva.example",
        "http://BÜCHER.example/       | xn--bcher-kva.example",
        "http://XN--BCHER-KVA.example | xn--bcher-kva.example",
        "http://b%C3%BCcher.example   | xn--bcher-kva.example",
        "http://bücher。example/      | xn--bcher-kva.example",
        "http://ｅｘａｍｐｌｅ．com/  | example.com",
        "http://ex%61mple.com/        | example.com",
        "http://ex\u00admple.com/     | exmple.com",
        "http://ex\u200bmple.com/     | exmple.com",
        "http://ex\u2060mple.com/     | exmple.com",
        "http://παράδειγμα.ΣΑΣ/       | xn--hxajbheg2az3al.xn--mxa9ab",
        "http://הדוגמה.example/       | xn--6dbbccd9c.example",
        "http://☃.net/                | xn--n3h.net",
        "http://１２７.０.０.１/      | 127.0.0.1",
      })
  void aHostBecomesALabelsInLowerCase(String given, String host) {
    assertThat(url(given).host()).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0/",
        "http://0x7f000001/",
        "http://0X7F.0.0.1/",
        "http://127.0.0.0x1/",
        "http://1.2.3.4./",
        "http://1.2.3/",
        "http://256.1.1.1/",
        "http://1.2.3.4.5/",
        "http://example.09/",
        "http://example.0x/",
        "http://０１７７.0.0.1/",
        "http://127%2e1/",
        "http://127。1/",
        "http://٠.١/",
      })
  void aHostThatEndsInANumberAndIsNoCanonicalQuadIsRefused(String given) {
    assertThat(refusal(given).fault()).isEqualTo(Fault.Refused.BAD_URL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://",
        "http:///",
        "http://:80/",
        "http://?q",
        "http://%/",
        "http://a%00b/",
        "http://a%2fb/",
        "http://a%40b/",
        "http://a%3a80/",
        "http://a b/",
        "http://a%20b/",
        "http://a%0d%0ab/",
        "http://a<b/",
        "http://a\u200db/",
        "http://a\u200cb/",
        "http://\u202eabc/",
        "http://a\u2024b/",
        "http://a\ufffdb/",
        "http://%ff/",
        "http://a..b/",
        "http://./",
        "http://xn--a/",
        "http://xn--/",
        "http://xn--example-/",
        "http://\u0301a/",
        "http://אa/",
        "http://example.com:65536/",
        "http://example.com:99999999999999/",
        "http://example.com:8a/",
        "http://example.com:-1/",
        "http://[::1/",
        "http://[::1]x/",
        "http://[]/",
        "http://[1]/",
        "http://[1::2::3]/",
        "http://[::g]/",
        "http://[fe80::1%25eth0]/",
        "http://[::1.2.3]/",
        "http://[::01.2.3.4]/",
        "http://[v1.a]/",
        "example.com/a",
        "//example.com/a",
        "/a",
        "",
        "#",
        "://a",
        "1http://a",
      })
  void whatNamesNoHostOrPortIsRefused(String given) {
    assertThat(refusal(given).fault()).isEqualTo(Fault.Refused.BAD_URL);
  }

  @ParameterizedTest
  @CsvSource({
    "http://[::1]/, [::1]",
    "http://[0:0:0:0:0:0:0:0]/, [::]",
    "http://[1:0:0:2:0:0:0:3]/, [1:0:0:2::3]",
    "http://[1:0:0:2:3:0:0:4]/, [1::2:3:0:0:4]",
    "http://[1:0:2:3:4:5:6:7]/, [1:0:2:3:4:5:6:7]",
    "http://[FE80::ABCD]/, [fe80::abcd]",
    "http://[::ffff:127.0.0.1]/, [::ffff:7f00:1]",
    "http://[64:ff9b::169.254.169.254]/, [64:ff9b::a9fe:a9fe]",
  })
  void anIpv6HostIsWrittenShortAndNeverDotted(String given, String host) {
    assertThat(url(given).host()).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://user@example.com/",
        "http://user:secret@example.com/",
        "http://@example.com/",
        "http://example.com@127.0.0.1/",
        "http://a:b@c@example.com/",
        "http:/\\user@example.com",
      })
  void userInfoIsRefused(String given) {
    assertThat(refusal(given).fault()).isEqualTo(Fault.Refused.USER_INFO);
  }

  @Test
  void aPasswordDoesNotStandInTheDetail() {
    assertThat(refusal("http://user:secret@example.com/").detail())
        .isEqualTo("a URL must not carry user info, got it before host \"example.com\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://a/", "file:///etc/passwd", "javascript:1", "localhost:80/", "A+b.-:"})
  void otherSchemesAreRefused(String given) {
    assertThat(refusal(given).fault()).isEqualTo(Fault.Refused.SCHEME);
  }

  @ParameterizedTest
  @CsvSource({
    "/x, http://a.com/x",
    "x, http://a.com/b/x",
    "../x, http://a.com/x",
    "../../x, http://a.com/x",
    "?x, http://a.com/b/c?x",
    "'', http://a.com/b/c?d",
    "#x, http://a.com/b/c?d",
    "//b.com/x, http://b.com/x",
    "\\\\b.com\\x, http://b.com/x",
    "/\\b.com/x, http://b.com/x",
    "http:x, http://a.com/b/x",
    "http:/x, http://a.com/x",
    "https:/x, https://x/",
    "https://b.com, https://b.com/",
    "http:///b.com/x, http://b.com/x",
    "y:z, SCHEME",
    "//u@b.com/, USER_INFO",
    "//127.1/, BAD_URL",
  })
  void aReferenceIsSeenFromTheUrlItStandsIn(String reference, String expected) {
    var resolved = url("http://a.com/b/c?d").resolve(reference);

    assertThat(
            switch (resolved) {
              case WebUrl url -> url.href();
              case Refusal refusal -> refusal.fault().name();
            })
        .isEqualTo(expected);
  }

  @Test
  void readingWhatWasWrittenChangesNothing() {
    var written = url("http://bücher.example:8080/a b/%2e/é?x='y").href();

    assertThat(url(written).href()).isEqualTo(written);
  }

  @Test
  void aUrlBeyondTheLimitIsRefusedWithItsLength() {
    assertThat(refusal("http://a/" + "b".repeat(WebUrl.MAX_CHARS)).detail())
        .isEqualTo("a URL must have at most 32768 characters, got 32777");
  }

  @Test
  void aLabelOf63CharactersIsTheLongest() {
    assertThat(url("http://" + "a".repeat(63) + ".com/").host()).hasSize(67);
    assertThat(refusal("http://" + "a".repeat(64) + ".com/").detail()).contains("got 64");
  }

  @Test
  void controlsAndDirectionMarksAreEscapedInADetail() {
    assertThat(refusal("a\u202e\u2028\u001b[31m\"").detail())
        .isEqualTo("a URL must begin with a scheme, got \"a\\u{202e}\\u{2028}\\u{1b}[31m\\\"\"");
  }

  static WebUrl url(String text) {
    return switch (WebUrl.parse(text)) {
      case WebUrl url -> url;
      case Refusal refusal -> throw new AssertionError(refusal.detail());
    };
  }

  private static Refusal refusal(String text) {
    return switch (WebUrl.parse(text)) {
      case WebUrl url -> throw new AssertionError(url + " was not refused");
      case Refusal refusal -> refusal;
    };
  }
}
