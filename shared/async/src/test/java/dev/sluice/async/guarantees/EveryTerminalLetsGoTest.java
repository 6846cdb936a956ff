package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.Call;
import dev.sluice.async.guarantees.Terminal.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// 3., 7. and 9., asked of every end of a fan-out and of a join, with a context and without: a
/// timeout, a cancel and the end of an island reach the source, whatever the driver does meanwhile.
@Timeout(60)
class EveryTerminalLetsGoTest {
  private final List<CompletableFuture<Integer>> sources =
      Collections.synchronizedList(new ArrayList<>());

  static Stream<Arguments> all() {
    return Stream.of(Terminal.values())
        .flatMap(end -> Stream.of(Arguments.of(end, true), Arguments.of(end, false)));
  }

  private CompletableFuture<Integer> source(Call call) {
    var source = new CompletableFuture<Integer>();
    sources.add(source);
    return call.own(source);
  }

  @ParameterizedTest
  @MethodSource("all")
  void aTimeoutCancelsWhatIsOwned(Terminal end, boolean hasContext) throws Exception {
    end.run(
        new Work((_, call) -> source(call), List.of(1, 2), Duration.ofMillis(5), hasContext, null));

    assertThat(sources).isNotEmpty().allMatch(CompletableFuture::isCancelled);
  }
}
