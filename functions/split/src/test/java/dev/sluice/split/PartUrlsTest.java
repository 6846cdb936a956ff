package dev.sluice.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartUrlsTest {
  private static byte[] keysOf(long firstLine, String... hrefs) {
    var urls = new PartUrls();
    for (var i = 0; i < hrefs.length; i++) {
      urls.add(hrefs[i], firstLine + i);
    }
    return Base64.getDecoder().decode(urls.newKeys(firstLine));
  }

  @Test
  void aUrlStandsInItsFirstLineFirst() {
    var urls = new PartUrls();

    var first = urls.add("http://a.test/", 7);
    var other = urls.add("http://b.test/", 8);
    assertThat(urls.add("http://a.test/", 9)).isEqualTo(first);

    assertThat(urls.firstLine(first)).isEqualTo(7);
    assertThat(urls.firstLine(other)).isEqualTo(8);
  }

  @Test
  void whatAnEarlierPartHasIsOfItsLineAndNotNewHere() {
    var urls = new PartUrls();
    var old = urls.add("http://a.test/", 101);
    urls.add("http://b.test/", 102);

    urls.compare(keysOf(3, "http://x.test/", "http://a.test/"));

    assertThat(urls.firstLine(old)).isEqualTo(4);
    assertThat(Base64.getDecoder().decode(urls.newKeys(101)))
        .isEqualTo(keysOf(102, "http://b.test/"));
  }

  @Test
  void manyAreToldApart() {
    var urls = new PartUrls();
    var entries =
        IntStream.range(0, 30_000).map(i -> urls.add("http://a.test/" + i, i + 1)).toArray();

    assertThat(entries).doesNotHaveDuplicates();
    assertThat(IntStream.of(entries).mapToLong(urls::firstLine).toArray())
        .isEqualTo(IntStream.rangeClosed(1, 30_000).asLongStream().toArray());
  }

  @Test
  void beyondTwoMillionItComparesNoMore() {
    var urls = new PartUrls();
    var last = urls.add("http://last.test/", 3_000_000);
    var beyond = urls.add("http://beyond.test/", 3_000_001);
    var random = new SplittableRandom(1);
    var others = ByteBuffer.allocate((PartUrls.MOST - 1) * 24);
    for (var line = 1; line < PartUrls.MOST; line++) {
      others.putLong(random.nextLong()).putLong(random.nextLong()).putLong(line);
    }

    urls.compare(others.array());
    assertThat(urls.isFull()).isFalse();
    urls.compare(keysOf(2_000_000, "http://last.test/", "http://beyond.test/"));

    assertThat(urls.isFull()).isTrue();
    assertThat(urls.firstLine(last)).isEqualTo(2_000_000);
    assertThat(urls.firstLine(beyond)).isEqualTo(3_000_001);
  }
}
