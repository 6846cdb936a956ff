package dev.sluice.bench.guarantees;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Does the library loop or recurse over operations whose stage is complete when they return it?
final class CompletedAlready implements Question {
  private static final int COUNT = 50_000;
  private static final int SAMPLE = 5_000;
  private static final int DEEP = 1_000;

  @Override
  public String text() {
    return "5 · of 50,000 operations that are complete at once, told; deepest stack in frames";
  }

  @Override
  public Cell ask(Subject subject) throws InterruptedException {
    var told = new AtomicInteger();
    var deepest = new AtomicInteger();
    Work work =
        item -> {
          if (item % SAMPLE == SAMPLE - 1) {
            deepest.accumulateAndGet(depth(), Math::max);
          }
          return CompletableFuture.<@Nullable Integer>completedFuture(item);
        };
    var workload = Workload.of(Inputs.of(COUNT), work, _ -> told.incrementAndGet());
    try (var limited = subject.limited(4, PATIENCE)) {
      return limited
          .run(workload)
          .measured(_ ->
              Cell.of(
                  told.get() == COUNT && deepest.get() < DEEP,
                  "%,d; %d",
                  told.get(),
                  deepest.get()));
    }
  }

  private static int depth() {
    return StackWalker.getInstance().walk(Stream::count).intValue();
  }
}
