package dev.sluice.local.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.ObjectStore.Listing;
import dev.sluice.flow.ObjectStore.Put;
import dev.sluice.flow.ObjectStore.StoredObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What [ObjectStore] promises, whoever keeps it. Each test has a prefix of its own.
@Timeout(120)
abstract class ObjectStoreContract {
  private static final Condition ALWAYS = new Condition.Always();
  private static final Condition IF_ABSENT = new Condition.IfAbsent();

  private final String prefix = "contract/" + UUID.randomUUID() + "/";

  abstract ObjectStore store();

  @Test
  void whatWasPutIsThereAsItWas() {
    var bytes = random(300_000);

    var put = put("whole", bytes, ALWAYS);

    var got = store().get(key("whole")).join().orElseThrow();
    var head = store().head(key("whole")).join().orElseThrow();
    assertThat(got.bytes()).isEqualTo(bytes);
    assertThat(got.size()).isEqualTo(head.size()).isEqualTo(300_000);
    assertThat(put).isEqualTo(new Put.Done(got.etag())).isEqualTo(new Put.Done(head.etag()));
  }

  @Test
  void anObjectIsAsOldAsItsPutInWholeSeconds() {
    var before = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    put("dated", new byte[1], ALWAYS);

    var modified = store().head(key("dated")).join().orElseThrow().modified();
    assertThat(modified).isBetween(before, Instant.now());
    assertThat(modified).isEqualTo(modified.truncatedTo(ChronoUnit.SECONDS));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 10, 0123456789",
    "0, 1, 0",
    "3, 4, 3456",
    "8, 4, 89",
    "9, 1, 9",
    "10, 4, ''",
    "11, 4, ''",
    "9223372036854775806, 4, ''",
    "3, 9223372036854775807, 3456789"
  })
  void aPieceEndsWithTheObject(long offset, long length, String expected) {
    put("piece", "0123456789".getBytes(UTF_8), ALWAYS);

    var piece = store().get(key("piece"), offset, length).join().orElseThrow();

    assertThat(new String(piece.bytes(), UTF_8)).isEqualTo(expected);
    assertThat(piece.size()).isEqualTo(10);
    assertThat(piece.etag()).isEqualTo(store().head(key("piece")).join().orElseThrow().etag());
  }

  @Test
  void aPieceHasAPlaceAndALength() {
    assertThatThrownBy(() -> store().get(key("piece"), -1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("offset must be at least 0, got -1");
    assertThatThrownBy(() -> store().get(key("piece"), 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("length must be at least 1, got 0");
  }

  @Test
  void anEmptyObjectIsThereAndHasNoBytes(@TempDir Path folder) {
    put("empty", new byte[0], IF_ABSENT);

    assertThat(store().head(key("empty")).join().orElseThrow().size()).isZero();
    assertThat(store().get(key("empty")).join().orElseThrow().bytes()).isEmpty();
    assertThat(store().get(key("empty"), 0, 10).join().orElseThrow().bytes()).isEmpty();
    assertThat(store().download(key("empty"), folder.resolve("empty")).join()).isPresent();
    assertThat(folder.resolve("empty")).isEmptyFile();
    assertThat(store().list(prefix, "").join().entries())
        .containsExactly(new StoredObject(key("empty"), 0));
    assertThat(put("empty", new byte[1], IF_ABSENT)).isInstanceOf(Put.Lost.class);
  }

  @Test
  void whatIsNotThereIsEmptyInEveryCall(@TempDir Path folder) throws Exception {
    var file = Files.writeString(folder.resolve("old"), "old");

    assertThat(store().head(key("nothing")).join()).isEmpty();
    assertThat(store().get(key("nothing")).join()).isEmpty();
    assertThat(store().get(key("nothing"), 0, 10).join()).isEmpty();
    assertThat(store().download(key("nothing"), file).join()).isEmpty();
    assertThat(file).doesNotExist();
    assertThat(store().list(prefix, "").join()).isEqualTo(new Listing(List.of(), false));
  }

  @Test
  void aDownloadReplacesTheFile(@TempDir Path folder) throws Exception {
    var bytes = random(1_000_000);
    put("download", bytes, ALWAYS);
    var file = Files.write(folder.resolve("file"), random(2_000_000));

    var head = store().download(key("download"), file).join().orElseThrow();

    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    assertThat(head).isEqualTo(store().head(key("download")).join().orElseThrow());
  }

  @Test
  void aFileIsPutLikeItsBytes(@TempDir Path folder) throws Exception {
    var bytes = random(5_000_000);
    var file = Files.write(folder.resolve("file"), bytes);

    var put = store().put(key("file"), new Content.File(file), IF_ABSENT).join();

    var got = store().get(key("file")).join().orElseThrow();
    assertThat(put).isEqualTo(new Put.Done(got.etag()));
    assertThat(got.bytes()).isEqualTo(bytes);
    assertThat(store().put(key("file"), new Content.File(file), IF_ABSENT).join())
        .isInstanceOf(Put.Lost.class);
  }

  @Test
  void withoutAConditionThereIsReplacedAndAnotherEtag() {
    var first = put("replaced", "first".getBytes(UTF_8), ALWAYS);

    var second = put("replaced", "second".getBytes(UTF_8), ALWAYS);

    assertThat(text("replaced")).isEqualTo("second");
    assertThat(second).isInstanceOf(Put.Done.class).isNotEqualTo(first);
  }

  @Test
  void ofSixteenThatPutIfAbsentAtOnceOneWins() throws Exception {
    var together = new CyclicBarrier(16);
    var puts =
        atOnce(
            IntStream.range(0, 16)
                .<Callable<Put>>mapToObj(i ->
                    () -> {
                      together.await(30, TimeUnit.SECONDS);
                      return put("raced", ("writer " + i).getBytes(UTF_8), IF_ABSENT);
                    })
                .toList());

    var winners =
        IntStream.range(0, 16).filter(i -> puts.get(i) instanceof Put.Done).boxed().toList();
    assertThat(winners).hasSize(1);
    assertThat(puts).filteredOn(Put.Lost.class::isInstance).hasSize(15);
    assertThat(text("raced")).isEqualTo("writer " + winners.getFirst());
  }

  @Test
  void aStaleEtagLosesAndChangesNothing() {
    var stale = etag(put("compared", "first".getBytes(UTF_8), ALWAYS));
    var fresh = etag(put("compared", "second".getBytes(UTF_8), new Condition.IfMatch(stale)));

    var lost = put("compared", "third".getBytes(UTF_8), new Condition.IfMatch(stale));

    assertThat(lost).isInstanceOf(Put.Lost.class);
    assertThat(text("compared")).isEqualTo("second");
    assertThat(put("compared", "fourth".getBytes(UTF_8), new Condition.IfMatch(fresh)))
        .isInstanceOf(Put.Done.class);
  }

  @Test
  void whatIsNotThereMatchesNoEtag() {
    var condition = new Condition.IfMatch("\"d41d8cd98f00b204e9800998ecf8427e\"");

    assertThat(put("absent", new byte[1], condition)).isInstanceOf(Put.Lost.class);
    assertThat(store().head(key("absent")).join()).isEmpty();
  }

  @Test
  void eightThatCompareAtOnceLoseNoIncrement() throws Exception {
    put("count", "0".getBytes(UTF_8), ALWAYS);
    Callable<Boolean> fifty =
        () -> {
          for (var i = 0; i < 50; i++) {
            increment();
          }
          return true;
        };

    atOnce(IntStream.range(0, 8).mapToObj(_ -> fifty).toList());

    assertThat(text("count")).isEqualTo("400");
  }

  private void increment() {
    while (true) {
      var piece = store().get(key("count")).join().orElseThrow();
      var next = Integer.parseInt(new String(piece.bytes(), UTF_8)) + 1;
      var condition = new Condition.IfMatch(piece.etag());
      if (put("count", ("" + next).getBytes(UTF_8), condition) instanceof Put.Done) {
        return;
      }
    }
  }

  @Test
  void aListingIsInTheOrderOfKeysAndOfItsPrefixAlone() {
    for (var name : List.of("b/2", "a", "b/10", "b.txt", "c", "b/1/x")) {
      put(name, new byte[name.length()], ALWAYS);
    }

    assertThat(keys(store().list(key("b/"), "").join()))
        .containsExactly(key("b/1/x"), key("b/10"), key("b/2"));
    assertThat(keys(store().list(key("b"), key("b/10")).join())).containsExactly(key("b/2"));
    assertThat(keys(store().list(key("b"), "").join()))
        .containsExactly(key("b.txt"), key("b/1/x"), key("b/10"), key("b/2"));
    assertThat(keys(store().list(key("b.txt"), key("b.txt")).join())).isEmpty();
    assertThat(keys(store().list(key("b"), key("c")).join())).isEmpty();
    assertThat(store().list(key("b/1"), "").join().entries())
        .containsExactly(new StoredObject(key("b/1/x"), 5), new StoredObject(key("b/10"), 4));
  }

  @Test
  void aLongListingComesInPagesThatMissNoKey() throws Exception {
    var expected = IntStream.range(0, 1_003).mapToObj("page/%05d"::formatted).toList();
    atOnce(
        expected.stream()
            .<Callable<Put>>map(name -> () -> put(name, new byte[0], ALWAYS))
            .toList());

    var first = store().list(key("page/"), "").join();
    var second = store().list(key("page/"), first.entries().getLast().key()).join();

    assertThat(first.entries()).hasSizeLessThanOrEqualTo(1_000);
    assertThat(first.more()).isTrue();
    assertThat(second.more()).isFalse();
    var all = new ArrayList<>(keys(first));
    all.addAll(keys(second));
    assertThat(all).isEqualTo(expected.stream().map(this::key).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "manifests/spring-2026_a.txt.gz",
        "plan/spring/00012.json.gz",
        "warc/spring/00000/0007.2.1-2.warc.gz",
        "warc/spring/00000/0007-0.cdxj",
        "rows/spring/00000/split.jsonl.gz",
        "hosts/255.json"
      })
  void aKeyIsFoundUnderItsOwnName(String name) {
    put(name, name.getBytes(UTF_8), IF_ABSENT);

    assertThat(text(name)).isEqualTo(name);
    assertThat(keys(store().list(prefix, "").join())).containsExactly(key(name));
  }

  /// More than the client has connections: one that a cancelled read kept would be missing.
  @Test
  void cancelledReadsGiveTheirConnectionsBack() {
    put("large", random(1_000_000), ALWAYS);

    for (var i = 0; i < 150; i++) {
      var read = store().get(key("large"));
      if (i % 2 == 0) {
        read.cancel(true);
      } else {
        read.completeOnTimeout(null, 1, TimeUnit.MILLISECONDS).join();
        read.cancel(true);
      }
    }

    var next = store().get(key("large")).orTimeout(60, TimeUnit.SECONDS).join();
    assertThat(next.orElseThrow().bytes()).hasSize(1_000_000);
  }

  private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
    var results = new ArrayList<T>();
    try (var threads = Executors.newFixedThreadPool(16)) {
      for (var call : threads.invokeAll(calls)) {
        results.add(call.get());
      }
    }
    return results;
  }

  private String key(String name) {
    return prefix + name;
  }

  private Put put(String name, byte[] bytes, Condition condition) {
    return store().put(key(name), new Content.Bytes(bytes), condition).join();
  }

  private static String etag(Put put) {
    return ((Put.Done) put).etag();
  }

  private String text(String name) {
    return new String(store().get(key(name)).join().orElseThrow().bytes(), UTF_8);
  }

  private static List<String> keys(Listing listing) {
    return listing.entries().stream().map(StoredObject::key).toList();
  }

  private static byte[] random(int length) {
    var bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
