package dev.sluice.flow.url;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.flow.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlRulesTest {
  private static final UrlRules CLOSED = UrlRules.of(AddressRules.opening(""), "");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost/",
        "http://LOCALHOST./",
        "http://a.localhost/",
        "http://metadata/",
        "http://metadata.google.internal/",
        "http://ip-10-0-0-1.eu-west-1.compute.internal./",
        "http://internal/",
        "http://ｌocalhost/",
        "http://local\u00adhost/",
        "http://%6cocalhost/",
      })
  void namesOfThisMachineAndItsNetworkAreRefused(String url) {
    assertThat(CLOSED.parse(url))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.fault()).isEqualTo(Fault.Refused.NAME));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1/",
        "http://１２７。０。０。１/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[::]/",
      })
  void literalAddressesAreVetted(String url) {
    assertThat(CLOSED.parse(url))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.fault()).isEqualTo(Fault.Refused.ADDRESS));
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.com:81/, false",
    "http://a.com:443/, true",
    "https://a.com:80/, true",
    "http://a.com:8080/, true",
    "http://a.com:9000/, true",
    "http://a.com:9009/, true",
    "http://a.com:9010/, false",
    "http://a.com:0/, false",
  })
  void onlyThePortsOfTheWebAndThoseAddedAreAsked(String url, boolean allowed) {
    var rules = UrlRules.of(AddressRules.opening(""), "8080, 9000-9009");

    assertThat(rules.parse(url) instanceof WebUrl).isEqualTo(allowed);
  }

  @Test
  void aRedirectIsVettedLikeALine() {
    var from = WebUrlTest.url("http://a.com/");

    assertThat(CLOSED.resolve(from, "//10.0.0.1/")).isInstanceOf(Refusal.class);
    assertThat(CLOSED.resolve(from, "https://b.com/x")).hasToString("https://b.com/x");
  }

  @Test
  void everyWrongPortIsNamed() {
    assertThatThrownBy(() -> UrlRules.of(AddressRules.opening(""), "0,1-70000,9-8,x,99"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("\"0\"", "\"1-70000\"", "\"9-8\"", "\"x\"");
  }
}
