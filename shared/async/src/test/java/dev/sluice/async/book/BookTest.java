package dev.sluice.async.book;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.Deadline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The pages show code that runs: each block is that of [Book], and each of those is on a page.
class BookTest {
  private static final Path BOOK = Path.of("src/test/java/dev/sluice/async/book/Book.java");
  private static final Path PAGE = Path.of("../../docs/async.md");
  private static final Path README = Path.of("README.md");
  private static final Pattern BLOCK =
      Pattern.compile("<!-- (\\w+) -->\n```java\n(.*?)```\n", Pattern.DOTALL);
  private static final Pattern REGION =
      Pattern.compile("^    // (\\w+)\n(.*?)^    // end$", Pattern.DOTALL | Pattern.MULTILINE);

  private final Book book = new Book();
  private final List<String> urls = List.of("a b", "b c", "c d");
  private final Deadline deadline = Deadline.in(Duration.ofSeconds(60));

  @Test
  void everyBlockOfThePagesStandsInTheBook() throws Exception {
    var regions =
        REGION
            .matcher(Files.readString(BOOK))
            .results()
            .collect(Collectors.toMap(each -> each.group(1), each -> unindented(each.group(2))));
    var blocks =
        BLOCK
            .matcher(Files.readString(PAGE) + Files.readString(README))
            .results()
            .collect(Collectors.toMap(each -> each.group(1), each -> each.group(2)));

    assertThat(blocks).isEqualTo(regions).hasSizeGreaterThan(10);
  }

  private static String unindented(String code) {
    return code.lines()
        .map(line -> line.isEmpty() ? line : line.substring(4))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "../../docs/async.md"})
  void noBlockOfJavaIsWithoutAName(String page) throws Exception {
    var text = Files.readString(Path.of(page));

    assertThat(text.split("```java\n", -1).length - 1)
        .isEqualTo(BLOCK.matcher(text).results().count());
  }

  @Test
  void theCodeDoesWhatThePagesSay() throws Exception {
    assertThat(book.readme(urls.iterator()).succeeded()).isEqualTo(3);
    assertThat(book.contract().toCompletableFuture().join()).isEqualTo("page of a");
    assertThat(book.send(urls)).containsExactly(2, 2, 2);
    assertThat(book.unbounded(urls.iterator()).succeeded()).isEqualTo(3);
    assertThat(book.channel()).containsExactly("page");
    assertThat(book.cooperative("a b").toCompletableFuture().join()).isEqualTo(4);
    assertThat(book.timeout(urls, deadline)).hasSize(3).contains("page of b c");
    assertThat(book.fairness(urls).succeeded()).isEqualTo(3);
    assertThat(book.island(urls, deadline).succeeded()).isEqualTo(3);
    assertThat(book.errors(deadline)).isEqualTo(new Book.Profile("page of user", "page of orders"));
    assertThat(book.policies(urls).succeeded()).isBetween(2L, 3L);
  }

  @Test
  void theStreamComesInOrder() {
    var many = IntStream.range(0, 2_000).mapToObj(Integer::toString).toList();

    assertThat(book.stream(many).stream().map(outcome -> outcome.item())).isEqualTo(many);
  }
}
