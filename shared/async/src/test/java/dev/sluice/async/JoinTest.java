package dev.sluice.async;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class JoinTest {
  private static final Join SOON = Join.within(Deadline.in(Duration.ofSeconds(60)));
  private static final Join.Op<Integer> ONE = _ -> completedFuture(1);
  private static final Join.Op<String> TWO = _ -> completedFuture("two");
  private static final Join.Op<Double> THREE = _ -> completedFuture(3.0);
  private static final Join.Op<Boolean> FOUR = _ -> completedFuture(true);

  @Test
  void valuesOfDifferentTypesComeTogether() throws Exception {
    String two = SOON.values(ONE, TWO, (a, b) -> a + b);
    String three = SOON.values(ONE, TWO, THREE, (a, b, c) -> a + b + c);
    String four = SOON.values(ONE, TWO, THREE, FOUR, (a, b, c, d) -> a + b + c + d);

    assertThat(two).isEqualTo("1two");
    assertThat(three).isEqualTo("1two3.0");
    assertThat(four).isEqualTo("1two3.0true");
  }

  @Test
  void whatStartsGivesTheSame() {
    String two = SOON.startValues(ONE, TWO, (a, b) -> a + b).join();
    String three = SOON.startValues(ONE, TWO, THREE, (a, b, c) -> a + b + c).join();
    String four = SOON.startValues(ONE, TWO, THREE, FOUR, (a, b, c, d) -> a + b + c + d).join();

    assertThat(two).isEqualTo("1two");
    assertThat(three).isEqualTo("1two3.0");
    assertThat(four).isEqualTo("1two3.0true");
  }

  @Test
  void allRunAtOnce() throws Exception {
    var second = new CompletableFuture<Integer>();
    Join.Op<Integer> waits = _ -> second;
    Join.Op<Integer> frees =
        _ -> {
          second.complete(2);
          return completedFuture(1);
        };

    int sum = SOON.values(waits, frees, Integer::sum);

    assertThat(sum).isEqualTo(3);
  }

  @Test
  void outcomesAreAllThereWhateverFails() throws Exception {
    Join.Op<String> throwing =
        _ -> {
          throw new IOException("at once");
        };
    List<Outcome<?, ?>> all =
        SOON.outcomes(
            ONE,
            _ -> JoinTest.<String>failed(),
            throwing,
            FOUR,
            (a, b, c, d) -> List.of(a, b, c, d));

    assertThat(all)
        .extracting(outcome -> outcome.getClass().getSimpleName())
        .containsExactly("Success", "Failure", "Failure", "Success");
    assertThat(all.get(1).item()).hasToString("operation 2");
  }

  @Test
  void outcomesOfTwoAndThreeComeTogether() throws Exception {
    List<Outcome<?, ?>> two = SOON.outcomes(ONE, TWO, (a, b) -> List.of(a, b));
    List<Outcome<?, ?>> three = SOON.outcomes(ONE, TWO, THREE, (a, b, c) -> List.of(a, b, c));

    assertThat(two).hasSize(2).allMatch(Outcome.Success.class::isInstance);
    assertThat(three).hasSize(3).allMatch(Outcome.Success.class::isInstance);
  }

  private static <R> CompletableFuture<R> failed() {
    return failedFuture(new IOException("gone"));
  }

  @Test
  void aPolicyMayStopThemEarly() throws Exception {
    var source = new CompletableFuture<String>();

    boolean stopped =
        SOON.completion(Completion.minSuccessful(1))
            .outcomes(call -> call.own(source), ONE, (a, _) -> a instanceof Outcome.Cancelled);

    assertThat(stopped).isTrue();
    assertThat(source).isCancelled();
  }

  @Test
  void eachHasItsTimeout() {
    var source = new CompletableFuture<String>();
    var join = SOON.timeout(Duration.ofMillis(5));

    assertThatThrownBy(() -> join.values(ONE, call -> call.own(source), (a, b) -> a + b))
        .cause()
        .isInstanceOf(TimeoutException.class)
        .hasMessage("operation 2 did not end within PT0.005S");
    assertThat(source).isCancelled();
  }

  @Test
  void itRunsOnARunAndCarriesAContext() throws Exception {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofHours(1));

    var started =
        Join.within(run.deadline())
            .on(run)
            .context(action -> action)
            .startValues(
                _ -> run.sleep(Duration.ofMinutes(10)).thenApply(_ -> 1), TWO, (a, b) -> a + b);

    assertThat(simulation.await(started)).isEqualTo("1two");
    assertThat(run.deadline().left()).isEqualTo(Duration.ofMinutes(50));
  }
}
