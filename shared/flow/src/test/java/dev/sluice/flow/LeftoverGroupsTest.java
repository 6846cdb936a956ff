package dev.sluice.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeftoverGroupsTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void whatIsDueWithinTheSame15SecondsGoesTogether() {
    var groups =
        LeftoverGroups.of(
            List.of(
                leftover(1, 4, NOON.plusSeconds(1), false),
                leftover(2, 4, NOON.plusSeconds(15), false),
                leftover(3, 4, NOON.plusMillis(15_001), false)));

    assertThat(groups.groups())
        .extracting(LeftoverGroups.Group::due)
        .containsExactly(NOON.plusSeconds(15), NOON.plusMillis(15_001));
    assertThat(groups.groups().getFirst().targets()).hasSize(2);
  }

  @Test
  void aGroupIsDueWithItsLastAndNotLater() {
    var groups =
        LeftoverGroups.of(
            List.of(
                leftover(1, 4, NOON.plusMillis(3_200), false),
                leftover(2, 4, NOON.plusMillis(1_100), false)));

    assertThat(groups.groups())
        .extracting(LeftoverGroups.Group::due)
        .containsExactly(NOON.plusMillis(3_200));
  }

  @Test
  void aParkedHostKeepsItsOwnTime() {
    var groups = LeftoverGroups.of(List.of(leftover(1, 4, NOON.plusSeconds(7), true)));

    assertThat(groups.groups().getFirst().due()).isEqualTo(NOON.plusSeconds(7));
  }

  @Test
  void aGroupFitsIntoOneTask() {
    var many = new ArrayList<Leftover>();
    for (var line = 1; line <= 250; line++) {
      many.add(leftover(line, 4, NOON, false));
    }

    assertThat(LeftoverGroups.of(many).groups())
        .extracting(group -> group.targets().size())
        .containsExactly(100, 100, 50);
  }

  /// SQS refuses what is longer than 1 MiB, again and again.
  @Test
  void aGroupOfLongRedirectsFitsIntoOneTaskToo() {
    var hop = "http://h1.test/" + "x".repeat(8_000);
    var many = new ArrayList<Leftover>();
    for (var line = 1; line <= 50; line++) {
      var url = "http://h1.test/" + line;
      var target = new Target(line, url, url, 1, List.of(hop + line, hop, hop), 0, 2, null);
      many.add(new Leftover(target, 4, NOON, false));
    }

    var groups = LeftoverGroups.of(many).groups();

    // Two of 24,000 bytes and a little more are within 48 KB, three are not.
    assertThat(groups).hasSize(25);
  }

  @Test
  void everyLeftoverIsInExactlyOneGroupAndTheNumbersCountFrom1() {
    var random = new Random(7);
    var leftovers = new ArrayList<Leftover>();
    for (var line = 1; line <= 1_000; line++) {
      var due = NOON.plusMillis(random.nextInt(90_000));
      leftovers.add(leftover(line, random.nextInt(5), due, random.nextBoolean()));
    }
    Collections.shuffle(leftovers, random);

    var groups = LeftoverGroups.of(leftovers).groups();

    assertThat(groups.stream().flatMap(group -> group.targets().stream()).map(Target::line))
        .hasSize(1_000)
        .doesNotHaveDuplicates();
    for (var i = 0; i < groups.size(); i++) {
      assertThat(groups.get(i).number()).isEqualTo(i + 1);
    }
  }

  private static Leftover leftover(long line, int hostGroup, Instant notBefore, boolean parked) {
    var url = "http://h" + line + ".test/";
    return new Leftover(Target.first(line, url, url), hostGroup, notBefore, parked);
  }
}
