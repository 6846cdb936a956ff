package dev.sluice.fetch.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.flow.Fault;
import dev.sluice.flow.url.AddressRules;
import dev.sluice.flow.url.UrlRules;
import dev.sluice.flow.url.WebUrl;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ResolverTest {
  private static final UrlRules RULES = UrlRules.of(AddressRules.opening(""), "");
  private static final DnsSettings SETTINGS =
      new DnsSettings(2, Duration.ofSeconds(5), Duration.ofHours(1), Duration.ofHours(1), 3);

  private final AtomicInteger lookups = new AtomicInteger();

  private Resolver resolver(Lookup lookup, List<String> hosts) {
    return new Resolver(
        RULES,
        HostsFile.of(hosts),
        name -> {
          lookups.incrementAndGet();
          return lookup.addresses(name);
        },
        SETTINGS);
  }

  private static Resolved resolve(Resolver resolver, String url) throws Exception {
    return resolver.resolve((WebUrl) WebUrl.parse(url)).get(10, TimeUnit.SECONDS);
  }

  private static InetAddress[] addresses(String... literals) {
    return java.util.Arrays.stream(literals)
        .map(InetAddress::ofLiteral)
        .toArray(InetAddress[]::new);
  }

  @Test
  void aNameIsLookedUpOnceAndRemembered() throws Exception {
    try (var resolver = resolver(_ -> addresses("1.1.1.1"), List.of())) {
      resolve(resolver, "http://a.example/");
      resolve(resolver, "https://a.example./x");

      assertThat(lookups).hasValue(1);
    }
  }

  @Test
  void aNameThatIsInvalidByDefinitionIsNeverLookedUp() throws Exception {
    try (var resolver = resolver(_ -> addresses("1.1.1.1"), List.of("127.0.0.1 listed.invalid"))) {
      assertThat(resolve(resolver, "http://a.invalid./"))
          .isEqualTo(new Resolved.None(Fault.Failed.DNS, "no address was found for \"a.invalid\""));
      assertThat(lookups).hasValue(0);
      // But where a hosts file has it; this one is refused for its address.
      assertThat(((Resolved.None) resolve(resolver, "http://listed.invalid/")).fault())
          .isEqualTo(Fault.Refused.ADDRESS);
    }
  }

  @Test
  void thatANameHasNoAddressIsRememberedToo() throws Exception {
    try (var resolver =
        resolver(
            name -> {
              throw new UnknownHostException(name);
            },
            List.of())) {
      resolve(resolver, "http://a.example/");

      assertThat(resolve(resolver, "http://a.example/"))
          .isEqualTo(new Resolved.None(Fault.Failed.DNS, "no address was found for \"a.example\""));
      assertThat(lookups).hasValue(1);
    }
  }

  @Test
  void theLeastRecentlyUsedNameIsForgottenFirst() throws Exception {
    try (var resolver = resolver(_ -> addresses("1.1.1.1"), List.of())) {
      for (var name : List.of("a", "b", "c", "a", "d", "a", "b")) {
        resolve(resolver, "http://" + name + ".example/");
      }

      assertThat(lookups).hasValue(5);
    }
  }

  @Test
  void oneAddressThatIsNotAllowedRefusesTheName() throws Exception {
    try (var resolver = resolver(_ -> addresses("1.1.1.1", "2606:4700::1", "::1"), List.of())) {
      assertThat(resolve(resolver, "http://a.example/"))
          .isInstanceOfSatisfying(
              Resolved.None.class,
              none -> assertThat(none.fault()).isEqualTo(Fault.Refused.ADDRESS));
    }
  }

  @Test
  void ipv4AddressesComeFirst() throws Exception {
    try (var resolver = resolver(_ -> addresses("2606:4700::1", "1.1.1.1"), List.of())) {
      assertThat(resolve(resolver, "http://a.example/"))
          .isEqualTo(new Resolved.Addresses(List.of(addresses("1.1.1.1", "2606:4700::1"))));
    }
  }

  @Test
  void theHostsFileIsAskedBeforeDnsAndVettedLikeIt() throws Exception {
    var hosts = List.of("# comment", "", "8.8.8.8 One two # three", "127.0.0.1\tlocal.example");
    try (var resolver = resolver(_ -> addresses("1.1.1.1"), hosts)) {
      assertThat(resolve(resolver, "http://one/"))
          .isEqualTo(new Resolved.Addresses(List.of(addresses("8.8.8.8"))));
      assertThat(resolve(resolver, "http://local.example/")).isInstanceOf(Resolved.None.class);
      assertThat(lookups).hasValue(0);
    }
  }

  @Test
  void aLiteralAddressIsNeverLookedUp() throws Exception {
    try (var resolver = resolver(_ -> addresses("1.1.1.1"), List.of())) {
      assertThat(resolve(resolver, "http://8.8.8.8/"))
          .isEqualTo(new Resolved.Addresses(List.of(addresses("8.8.8.8"))));
      assertThat(lookups).hasValue(0);
    }
  }

  @Test
  void aLookupThatHangsEndsAtItsTimeoutAndHoldsUpNoOther() throws Exception {
    var settings =
        new DnsSettings(2, Duration.ofMillis(100), Duration.ofHours(1), Duration.ofHours(1), 3);
    var gate = new CountDownLatch(1);
    Lookup lookup =
        name -> {
          if (name.startsWith("hangs")) {
            awaitQuietly(gate);
          }
          return addresses("1.1.1.1");
        };
    try (var resolver = new Resolver(RULES, HostsFile.EMPTY, lookup, settings)) {
      assertThat(resolve(resolver, "http://hangs.example/"))
          .isEqualTo(
              new Resolved.None(
                  Fault.Failed.TIMEOUT, "dns took more than 100 ms for \"hangs.example\""));
      assertThat(resolve(resolver, "http://a.example/")).isInstanceOf(Resolved.Addresses.class);
      gate.countDown();
    }
  }

  private static void awaitQuietly(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aLineOfTheHostsFileWithoutAnAddressIsNamed() {
    assertThatThrownBy(() -> HostsFile.of(List.of("127.0.0.1 a", "nonsense b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a line of a hosts file must begin with an address, got \"nonsense\" in line 2");
  }
}
