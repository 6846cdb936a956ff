package dev.sluice.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.async.Simulation;
import dev.sluice.flow.JobId;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.ObjectStore.Put;
import dev.sluice.flow.SplitTask;
import dev.sluice.memory.MemoryOutbox;
import dev.sluice.memory.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartStageTest {
  private static final Instant PUT_AT = Instant.parse("2026-01-01T00:00:00Z");

  private final MemoryStore store = new MemoryStore(InstantSource.fixed(PUT_AT));
  private final MemoryOutbox<SplitTask> parts = MemoryOutbox.unbounded();
  private final Simulation simulation = new Simulation(1);

  private Started start(Duration jobDeadline, String... manifests) throws Exception {
    var stage = new StartStage(store, parts, jobDeadline);
    return simulation.await(
        stage.run(
            new CreatedManifests(List.of(manifests)), simulation.run(Duration.ofSeconds(20))));
  }

  private String put(String key) {
    var put = store.put(key, new Content.Bytes("x".getBytes(UTF_8)), new Condition.Always());
    return ((Put.Done) put.join()).etag();
  }

  @Test
  void aManifestStartsItsJobAtTheFirstLine() throws Exception {
    var etag = put("manifests/spring.txt");

    assertThat(start(Duration.ZERO, "manifests/spring.txt")).isEqualTo(new Started(1));

    assertThat(parts.messages())
        .containsExactly(
            new SplitTask.Part(
                new JobId("spring"),
                "manifests/spring.txt",
                etag,
                0,
                0,
                1,
                0,
                Instant.parse("9999-12-31T23:59:59Z")));
  }

  @Test
  void theJobsDeadlineCountsFromTheManifest() throws Exception {
    put("manifests/spring.txt.gz");

    start(Duration.ofHours(24), "manifests/spring.txt.gz");

    assertThat(((SplitTask.Part) parts.messages().getFirst()).deadline())
        .isEqualTo(PUT_AT.plus(Duration.ofHours(24)));
  }

  @Test
  void aManifestThatWasDeletedSinceStartsNothing() throws Exception {
    assertThat(start(Duration.ZERO, "manifests/gone.txt")).isEqualTo(new Started(0));
    assertThat(parts.sent()).isEmpty();
  }

  @Test
  void aNotificationNamesItsManifestsDecoded() {
    var body =
        "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"manifests/spring%2D1.txt\"}}},"
            + "{\"s3\":{\"object\":{\"key\":\"manifests/autumn.txt.gz\"}}}]}";

    assertThat(CreatedManifests.read(body).manifests())
        .containsExactly("manifests/spring-1.txt", "manifests/autumn.txt.gz");
  }

  @Test
  void theTestEventOfS3NamesNone() {
    assertThat(CreatedManifests.read("{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"}"))
        .isEqualTo(new CreatedManifests(List.of()));
  }

  @Test
  void whatIsNoNotificationIsRefused() {
    assertThatThrownBy(() -> CreatedManifests.read("{}")).hasMessage("\"Records\" is missing");
    assertThatThrownBy(() ->
            CreatedManifests.read(
                "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"manifests/a+b.txt\"}}}]}"))
        .hasMessageContaining("got \"a b\"");
  }
}
