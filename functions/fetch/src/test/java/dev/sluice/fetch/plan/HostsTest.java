package dev.sluice.fetch.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.archive.Json;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.url.WebUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What is known of hosts, and what of it outlives an invocation.
class HostsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Ending WHY = new Ending.Failed(Fault.Failed.CONNECT, "refused");

  private static Hosts hosts(HostMemories remembered, Instant now) {
    var limits = new HostLimits(2, Duration.ofSeconds(5), Duration.ofSeconds(2));
    return new Hosts(limits, new SplittableRandom(1), remembered, now, () -> {});
  }

  private static HostMemories kept(Hosts hosts, Instant now) {
    return Json.read(HostMemories.class, Json.bytes(hosts.memories(HostMemories.NONE, now)));
  }

  private static WebUrl url(String url) {
    return (WebUrl) WebUrl.parse(url);
  }

  @Test
  void reservedSlotsFollowEachOtherAndHoldNoStartUp() {
    var hosts = hosts(HostMemories.NONE, NOW);
    hosts.at("a").begin(NOW);

    assertThat(hosts.at("a").reserve(3, NOW)).isEqualTo(NOW.plusSeconds(5));
    assertThat(hosts.at("a").reserve(1, NOW)).isEqualTo(NOW.plusSeconds(20));
    assertThat(hosts.at("a").due()).isEqualTo(NOW.plusSeconds(5));
    assertThat(hosts(kept(hosts, NOW), NOW).at("a").reserve(1, NOW))
        .as("in the next invocation")
        .isEqualTo(NOW.plusSeconds(25));
  }

  @Test
  void aReservationReachesNoFurtherThanAnHour() {
    var hosts = hosts(HostMemories.NONE, NOW);
    hosts.at("a").reserve(100_000, NOW);

    assertThat(hosts.at("a").reserve(1, NOW)).isEqualTo(NOW.plus(Host.LONGEST_RESERVATION));
  }

  @Test
  void theFifthMissInARowOpensTheBreakerAlsoAcrossInvocations() {
    var first = hosts(HostMemories.NONE, NOW);
    first.at("a").begin(NOW);
    for (var i = 0; i < 4; i++) {
      first.at("a").missed(NOW, WHY);
    }
    assertThat(first.at("a").isParked(NOW)).isFalse();

    var second = hosts(kept(first, NOW), NOW);
    second.at("a").missed(NOW, WHY);

    assertThat(second.at("a").isParked(NOW)).isTrue();
    assertThat(second.at("a").deferrals()).isEqualTo(1);
  }

  @Test
  void anAnswerBetweenForgetsTheMisses() {
    var hosts = hosts(HostMemories.NONE, NOW);
    for (var i = 0; i < 20; i++) {
      hosts.at("a").missed(NOW, WHY);
      if (i % 4 == 3) {
        hosts.at("a").answered();
      }
    }

    assertThat(hosts.at("a").isParked(NOW)).isFalse();
    assertThat(hosts.memories(HostMemories.NONE, NOW.plusSeconds(60)).hosts()).isEmpty();
  }

  @Test
  void eachDeferralInARowParksForLongerAndTheFifthEndsTheHost() {
    var hosts = hosts(HostMemories.NONE, NOW);
    var now = NOW;
    var waits = new ArrayList<Duration>();
    for (var i = 0; i < 5; i++) {
      assertThat(hosts.at("a").hasEnded()).isFalse();
      hosts.at("a").defer(now, now, WHY);
      hosts.at("a").defer(now, now, WHY); // of one that was under way: the same deferral
      waits.add(Duration.between(now, hosts.at("a").parkedUntil()));
      now = hosts.at("a").parkedUntil();
    }

    assertThat(waits.get(0)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
    assertThat(waits.get(3)).isBetween(Duration.ofSeconds(27), Duration.ofSeconds(54));
    assertThat(hosts.at("a").hasEnded()).isTrue();
    assertThat(hosts.at("a").trouble())
        .isEqualTo(
            new Ending.Failed(
                Fault.Failed.CONNECT,
                "its host was parked or out of reach 5 times in a row, the last time because"
                    + " refused"));
  }

  @Test
  void aHostInTroubleHasOnePermit() {
    var hosts = hosts(HostMemories.NONE, NOW);
    hosts.at("a").defer(NOW, NOW, WHY);
    var later = hosts.at("a").parkedUntil();
    hosts.at("a").begin(later);

    assertThat(hosts.at("a").hasPermit()).isFalse();
    hosts.at("a").answered();
    assertThat(hosts.at("a").hasPermit()).isTrue();
  }

  @Test
  void whatIsKnownAlikeIsWrittenAlike() {
    var one = new LinkedHashMap<String, HostMemory>();
    var other = new LinkedHashMap<String, HostMemory>();
    for (var i = 0; i < 50; i++) {
      one.put("h" + i, HostMemory.NONE.withParkedUntil(NOW));
      other.put("h" + (49 - i), HostMemory.NONE.withParkedUntil(NOW));
    }

    assertThat(new String(Json.bytes(new HostMemories(one)), UTF_8))
        .isEqualTo(new String(Json.bytes(new HostMemories(other)), UTF_8))
        .contains("{\"h0\":", "\"parkedUntil\":\"2026-01-01T00:00:00Z\"");
  }

  @Test
  void twoThatWriteMergeWithTheLaterInstantAndTheNewerHealth() {
    var mine = hosts(HostMemories.NONE, NOW);
    mine.at("a").begin(NOW.plusSeconds(9));
    var theirs = hosts(HostMemories.NONE, NOW);
    theirs.at("a").begin(NOW);
    theirs.at("a").defer(NOW.plusSeconds(60), NOW, WHY);

    var merged =
        mine.memories(theirs.memories(HostMemories.NONE, NOW), NOW).hosts().values().stream()
            .findFirst()
            .orElseThrow();

    assertThat(merged.parkedUntil()).isEqualTo(NOW.plusSeconds(60));
    assertThat(merged.lastStart()).isEqualTo(NOW.plusSeconds(9));
    assertThat(merged.deferrals()).as("asked last, and it was well").isZero();
  }

  @Test
  void anHourAfterItWasLastHeardOfTheTroubleOfAHostIsForgotten() {
    var hosts = hosts(HostMemories.NONE, NOW);
    hosts.at("a").missed(NOW, WHY);
    hosts.at("a").begin(NOW);

    assertThat(kept(hosts, NOW.plusSeconds(3_599)).hosts()).containsKey("a");
    assertThat(kept(hosts, NOW.plusSeconds(3_600)).hosts()).isEmpty();
  }

  @Test
  void rememberedRulesRefuseWhatTheFileRefuses() {
    var files =
        List.of(
            "User-agent: *\nDisallow: /",
            "User-agent: *\nDisallow:",
            "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /*.gif$\nDisallow: /q?x=",
            "User-agent: other\nDisallow: /\n\nUser-agent: sluice\nDisallow: /p%C3%A9/\nAllow: /",
            "User-agent: *\nDisallow: /a%2Fb\nDisallow: /a*c\nCrawl-delay: 3");
    var paths =
        List.of("/", "/a", "/a/b", "/a/c", "/x.gif", "/x.gif?y", "/q?x=1", "/p%C3%A9/", "/a%2Fb");
    for (var file : files) {
      var origin = url("http://a.example/robots.txt");
      var read = Robots.parse(origin, file.getBytes(UTF_8), "text/plain", "Sluice/1");
      var hosts = hosts(HostMemories.NONE, NOW);
      hosts.at(origin).know("http", new Robots.Known(read, NOW.plus(Robots.TIME_TO_LIVE)));

      var again = hosts(kept(hosts, NOW), NOW).at(origin).robots("http").orElseThrow().robots();

      assertThat(again.crawlDelay()).as(file).isEqualTo(read.crawlDelay());
      for (var path : paths) {
        var url = url("http://a.example" + path);
        assertThat(again.refusal(url).isPresent())
            .as("%s%n%s", file, path)
            .isEqualTo(read.refusal(url).isPresent());
      }
    }
  }

  @Test
  void aSchemeOfTheSameHostHasAFileOfItsOwn() {
    var hosts = hosts(HostMemories.NONE, NOW);
    var host = hosts.at(url("http://a.example/robots.txt"));
    host.know("http", new Robots.Known(new Robots.AllowAll(), NOW.plus(Robots.TIME_TO_LIVE)));

    assertThat(host.robots("https")).isEmpty();
  }

  @Test
  void whereTheFilesOfAHostGroupAreTakesNoMoreThan256Kb() {
    var all = new LinkedHashMap<String, HostMemory>();
    for (var i = 0; i < 1_000; i++) {
      var moved = new RobotsMemory.Moved("http://a.example/" + "x".repeat(1_000), 1);
      var memory = new RobotsMemory(NOW.plusSeconds(i), 5_000, null, moved);
      all.put("h" + i, new HostMemory(NOW, NOW, NOW, 0, 0, null, null, Map.of("http", memory)));
    }

    var bounded = hosts(HostMemories.NONE, NOW).memories(new HostMemories(all), NOW);

    assertThat(Json.bytes(bounded)).hasSizeLessThan(450 * 1024);
    assertThat(bounded.hosts().entrySet())
        .filteredOn(host -> !host.getValue().robots().isEmpty())
        .extracting(Map.Entry::getKey)
        .contains("h999")
        .doesNotContain("h1");
  }

  @Test
  void theRulesOfAHostGroupTakeNoMoreThan256Kb() {
    var all = new LinkedHashMap<String, HostMemory>();
    for (var i = 0; i < 1_000; i++) {
      var rules =
          RobotsMemory.unread(NOW.plusSeconds(i), 0).read(List.of("-/" + "x".repeat(1_000)));
      all.put("h" + i, new HostMemory(NOW, NOW, NOW, 0, 0, null, null, Map.of("http", rules)));
    }

    var bounded = hosts(HostMemories.NONE, NOW).memories(new HostMemories(all), NOW);

    assertThat(Json.bytes(bounded)).hasSizeLessThan(450 * 1024);
    assertThat(bounded.hosts().entrySet())
        .filteredOn(host -> !host.getValue().robots().isEmpty())
        .as("those that count longest")
        .hasSizeBetween(200, 256)
        .extracting(Map.Entry::getKey)
        .contains("h999")
        .doesNotContain("h1");
  }
}
