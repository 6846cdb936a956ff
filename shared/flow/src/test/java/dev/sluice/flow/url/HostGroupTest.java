package dev.sluice.flow.url;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostGroupTest {
  @ParameterizedTest
  @CsvSource({
    "http://example.com/, example.com",
    "http://www.example.com./, example.com",
    "https://a.b.example.co.uk/, example.co.uk",
    "http://a.github.io/, a.github.io",
    "http://co.uk/, co.uk",
    "http://site17.demo.test:8080/, site17.demo.test",
    "http://single/, single",
    "http://192.0.2.7/, 192.0.2.7",
    "http://[2001:db8::1]/, [2001:db8::1]",
    "http://www.食狮.公司.cn/, xn--85x722f.xn--55qx5d.cn",
  })
  void whatIsHashedIsTheRegistrableDomainOrTheAddress(String url, String key) {
    assertThat(HostGroup.key(WebUrlTest.url(url))).isEqualTo(key);
  }

  @Test
  void theHostGroupIsTheSameForEver() {
    assertThat(HostGroup.of(WebUrlTest.url("http://www.example.com/"), 256)).isEqualTo(165);
  }

  @Test
  void aThousandDomainsFillSixteenHostGroups() {
    var hostGroups = new HashSet<Integer>();
    for (var i = 0; i < 1000; i++) {
      hostGroups.add(HostGroup.of(WebUrlTest.url("http://site" + i + ".com/"), 16));
    }

    assertThat(hostGroups).hasSize(16).allMatch(hostGroup -> hostGroup >= 0 && hostGroup < 16);
  }
}
