package dev.sluice.flow.url;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.flow.Fault;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
  private static final AddressRules CLOSED = AddressRules.opening("");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255"
      })
  void aSpecialIpv4AddressIsRefused(String address) {
    assertThat(CLOSED.refusal(InetAddress.ofLiteral(address)))
        .map(Refusal::fault)
        .contains(Fault.Refused.ADDRESS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::",
        "::1",
        "::7f00:1",
        "::ffff:7f00:1",
        "::ffff:808:808",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "2620:4f:8000::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "1fff::1",
        "4000::1",
        "8000::1"
      })
  void aSpecialIpv6AddressIsRefused(String address) {
    var url = WebUrlTest.url("http://[" + address + "]/");

    assertThat(CLOSED.refusal(url)).map(Refusal::fault).contains(Fault.Refused.ADDRESS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "128.0.0.1",
        "168.63.129.17",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2a00:1450::1",
        "2620:4f:8001::1"
      })
  void aGlobalAddressIsAllowed(String address) {
    assertThat(CLOSED.refusal(InetAddress.ofLiteral(address))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2001:4860::5efe:a00:1, 10.0.0.1",
    "2001:4860::200:5efe:7f00:1, 127.0.0.1",
  })
  void anIpv4AddressInsideOfAGlobalOneIsVettedToo(String address, String embedded) {
    assertThat(CLOSED.refusal(InetAddress.ofLiteral(address)))
        .map(Refusal::detail)
        .hasValueSatisfying(detail -> assertThat(detail).contains("stands for " + embedded));
  }

  @ParameterizedTest
  @CsvSource({
    "64:ff9b::/96, 64:ff9b::a9fe:a9fe, 64:ff9b::808:808",
    "2002::/16, 2002:7f00:1::1, 2002:808:808::1",
    "2001::/32, 2001:0:808:808::f5ff:fffe, 2001:0:808:808::f7f7:f7f7",
  })
  void openingARelayDoesNotOpenWhatLiesBehindIt(String range, String inside, String outside) {
    var rules = AddressRules.opening(range);

    assertThat(rules.refusal(InetAddress.ofLiteral(inside))).isPresent();
    assertThat(rules.refusal(InetAddress.ofLiteral(outside))).isEmpty();
  }

  @Test
  void onlyTheOpenedRangeIsOpen() {
    var rules = AddressRules.opening(" 127.0.0.0/8 , fd00:1::/32,");

    assertThat(rules.refusal(InetAddress.ofLiteral("127.3.2.1"))).isEmpty();
    assertThat(rules.refusal(InetAddress.ofLiteral("fd00:1::5"))).isEmpty();
    assertThat(rules.refusal(InetAddress.ofLiteral("fd00:2::5"))).isPresent();
    assertThat(rules.refusal(InetAddress.ofLiteral("::1"))).isPresent();
    assertThat(rules.refusal(InetAddress.ofLiteral("10.0.0.1"))).isPresent();
  }

  @Test
  void theDetailNamesTheAddressAndItsRange() {
    assertThat(CLOSED.refusal(InetAddress.ofLiteral("169.254.169.254")))
        .map(Refusal::detail)
        .contains(
            "address 169.254.169.254 lies in 169.254.0.0/16, link local, with the metadata of"
                + " clouds, which ALLOW_PRIVATE does not open");
  }

  @Test
  void everyWrongRangeIsNamed() {
    assertThatThrownBy(
            () -> AddressRules.opening("10.0.0.0/8,10.0.0.0/33,10.1.0.0/8,127.1/8,x,::/129"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "a range must have at most 32 bits, got \"10.0.0.0/33\"",
            "a range must have no bit set after its first 8, got \"10.1.0.0/8\"",
            "got \"127.1/8\"",
            "got \"x\"",
            "a range must have at most 128 bits, got \"::/129\"");
  }
}
