package dev.sluice.async;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Runs two, three or four different operations at once, each with its own type.
///
/// ```java
/// var profile =
///     Join.within(deadline).timeout(Duration.ofSeconds(2))
///         .values(call -> user(call, id), call -> orders(call, id), Profile::new);
/// ```
///
/// `values` is fail-fast: the first failure cancels the sources of the others. `outcomes` gives
/// every outcome, by the completion policy. The guarantees of [FanOut] hold: a timeout reaches the
/// source, a deadline bounds the whole run, no work outlives it unreported.
///
/// A join is immutable and may run many times.
public final class Join {
  /// Starts one operation; its stage is a witness as in [AsyncOp].
  @FunctionalInterface
  public interface Op<R extends @Nullable Object> {
    /// Runs on the driver's thread and must not block.
    ///
    /// @throws Exception counts as its failure
    CompletionStage<R> start(Call call) throws Exception;
  }

  /// Makes one value of three.
  @FunctionalInterface
  public interface Three<
      A extends @Nullable Object,
      B extends @Nullable Object,
      C extends @Nullable Object,
      Z extends @Nullable Object> {
    /// Runs on the driver, when all have ended.
    Z apply(A a, B b, C c);
  }

  /// Makes one value of four.
  @FunctionalInterface
  public interface Four<
      A extends @Nullable Object,
      B extends @Nullable Object,
      C extends @Nullable Object,
      D extends @Nullable Object,
      Z extends @Nullable Object> {
    /// Runs on the driver, when all have ended.
    Z apply(A a, B b, C c, D d);
  }

  /// The operation at a place, with the name that outcomes show.
  private record NumberedOp(int number, Op<?> op) {
    @Override
    public String toString() {
      return "operation " + number;
    }
  }

  private final FanOut<NumberedOp, @Nullable Object> plan;

  private Join(FanOut<NumberedOp, @Nullable Object> plan) {
    this.plan = plan;
  }

  /// Gives all operations until the deadline, less 250 ms to deliver their outcomes.
  public static Join within(Deadline deadline) {
    FanOut<NumberedOp, @Nullable Object> plan = FanOut.of(Join::start);
    return new Join(plan.concurrency(4).deadline(deadline));
  }

  @SuppressWarnings("unchecked") // a value is cast back to the type of its operation
  private static CompletionStage<@Nullable Object> start(NumberedOp place, Call call)
      throws Exception {
    return (CompletionStage<@Nullable Object>) place.op.start(call);
  }

  /// Limits the time of each operation.
  ///
  /// @throws IllegalArgumentException if it is not positive, or above a hundred years
  public Join timeout(Duration each) {
    return with(fanOut -> fanOut.timeout(each));
  }

  /// Decides when `outcomes` has enough; the default is all completed.
  public Join completion(Completion policy) {
    return with(fanOut -> fanOut.completion(policy));
  }

  /// Takes clock, timer and driver from this run, for operations that `start…` begins.
  public Join on(Run run) {
    return with(fanOut -> fanOut.on(run));
  }

  /// Carries a context along, as [FanOut#context] does.
  public Join context(UnaryOperator<Runnable> carry) {
    return with(fanOut -> fanOut.context(carry));
  }

  private Join with(UnaryOperator<FanOut<NumberedOp, @Nullable Object>> change) {
    return new Join(change.apply(plan));
  }

  /// Blocks for the values of two.
  ///
  /// @throws ExecutionException if one failed, as [FanOut#join] says it
  /// @throws InterruptedException if the caller is interrupted: running items are cancelled first
  public <A extends @Nullable Object, B extends @Nullable Object, Z extends @Nullable Object>
      Z values(Op<A> a, Op<B> b, BiFunction<? super A, ? super B, Z> made)
          throws InterruptedException, ExecutionException {
    return join(of(made), a, b);
  }

  /// Blocks for the values of three.
  ///
  /// @throws ExecutionException if one failed, as [FanOut#join] says it
  /// @throws InterruptedException if the caller is interrupted: running items are cancelled first
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          Z extends @Nullable Object>
      Z values(Op<A> a, Op<B> b, Op<C> c, Three<? super A, ? super B, ? super C, Z> made)
          throws InterruptedException, ExecutionException {
    return join(of(made), a, b, c);
  }

  /// Blocks for the values of four.
  ///
  /// @throws ExecutionException if one failed, as [FanOut#join] says it
  /// @throws InterruptedException if the caller is interrupted: running items are cancelled first
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          Z extends @Nullable Object>
      Z values(
          Op<A> a,
          Op<B> b,
          Op<C> c,
          Op<D> d,
          Four<? super A, ? super B, ? super C, ? super D, Z> made)
          throws InterruptedException, ExecutionException {
    return join(of(made), a, b, c, d);
  }

  /// Starts two and completes with their values, in the manner of [FanOut#startJoin].
  public <A extends @Nullable Object, B extends @Nullable Object, Z extends @Nullable Object>
      CompletableFuture<Z> startValues(Op<A> a, Op<B> b, BiFunction<? super A, ? super B, Z> made) {
    return plan.startJoin(places(a, b), of(made));
  }

  /// Starts three and completes with their values, in the manner of [FanOut#startJoin].
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          Z extends @Nullable Object>
      CompletableFuture<Z> startValues(
          Op<A> a, Op<B> b, Op<C> c, Three<? super A, ? super B, ? super C, Z> made) {
    return plan.startJoin(places(a, b, c), of(made));
  }

  /// Starts four and completes with their values, in the manner of [FanOut#startJoin].
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          Z extends @Nullable Object>
      CompletableFuture<Z> startValues(
          Op<A> a,
          Op<B> b,
          Op<C> c,
          Op<D> d,
          Four<? super A, ? super B, ? super C, ? super D, Z> made) {
    return plan.startJoin(places(a, b, c, d), of(made));
  }

  /// Blocks for the outcomes of two; the item of each is its place.
  ///
  /// @throws InterruptedException if the caller is interrupted: running items are cancelled first
  public <A extends @Nullable Object, B extends @Nullable Object, Z extends @Nullable Object>
      Z outcomes(Op<A> a, Op<B> b, BiFunction<? super Outcome<?, A>, ? super Outcome<?, B>, Z> made)
          throws InterruptedException {
    return collect(of(made), a, b);
  }

  /// Blocks for the outcomes of three; the item of each is its place.
  ///
  /// @throws InterruptedException if the caller is interrupted: running items are cancelled first
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          Z extends @Nullable Object>
      Z outcomes(
          Op<A> a,
          Op<B> b,
          Op<C> c,
          Three<? super Outcome<?, A>, ? super Outcome<?, B>, ? super Outcome<?, C>, Z> made)
          throws InterruptedException {
    return collect(of(made), a, b, c);
  }

  /// Blocks for the outcomes of four; the item of each is its place.
  ///
  /// @throws InterruptedException if the caller is interrupted: running items are cancelled first
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          Z extends @Nullable Object>
      Z outcomes(
          Op<A> a,
          Op<B> b,
          Op<C> c,
          Op<D> d,
          Four<
                  ? super Outcome<?, A>,
                  ? super Outcome<?, B>,
                  ? super Outcome<?, C>,
                  ? super Outcome<?, D>,
                  Z>
              made)
          throws InterruptedException {
    return collect(of(made), a, b, c, d);
  }

  private <Z extends @Nullable Object> Z join(
      Function<List<@Nullable Object>, Z> made, Op<?>... ops)
      throws InterruptedException, ExecutionException {
    return made.apply(plan.join(places(ops)));
  }

  private <Z extends @Nullable Object> Z collect(
      Function<List<@Nullable Object>, Z> made, Op<?>... ops) throws InterruptedException {
    var outcomes = new Outcome<?, ?>[ops.length];
    plan.drive(places(ops), (index, outcome) -> outcomes[(int) index] = outcome);
    return made.apply(Arrays.asList((Object[]) outcomes));
  }

  private static List<NumberedOp> places(Op<?>... ops) {
    var places = new NumberedOp[ops.length];
    for (var i = 0; i < ops.length; i++) {
      places[i] = new NumberedOp(i + 1, ops[i]);
    }
    return List.of(places);
  }

  // The value at a place of the list came out of the operation at that place, so each cast below
  // holds.

  @SuppressWarnings("unchecked")
  private static <
          A extends @Nullable Object, B extends @Nullable Object, Z extends @Nullable Object>
      Function<List<@Nullable Object>, Z> of(BiFunction<A, B, Z> made) {
    return all -> made.apply((A) all.get(0), (B) all.get(1));
  }

  @SuppressWarnings("unchecked")
  private static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          Z extends @Nullable Object>
      Function<List<@Nullable Object>, Z> of(Three<A, B, C, Z> made) {
    return all -> made.apply((A) all.get(0), (B) all.get(1), (C) all.get(2));
  }

  @SuppressWarnings("unchecked")
  private static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          Z extends @Nullable Object>
      Function<List<@Nullable Object>, Z> of(Four<A, B, C, D, Z> made) {
    return all -> made.apply((A) all.get(0), (B) all.get(1), (C) all.get(2), (D) all.get(3));
  }
}
