package dev.sluice.async.guarantees;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.AsyncOp;
import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Join;
import dev.sluice.async.Run;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Every way to run one operation for some inputs, so that a promise is asked of each.
enum Terminal {
  FOR_EACH {
    @Override
    void block(Work work) throws Exception {
      work.fanOut().forEach(work.inputs, _ -> {});
    }
  },
  COLLECT {
    @Override
    void block(Work work) throws Exception {
      work.fanOut().collect(work.inputs, Collectors.toList());
    }
  },
  JOIN {
    @Override
    void block(Work work) throws Exception {
      work.fanOut().join(work.inputs);
    }
  },
  OPEN {
    @Override
    void block(Work work) {
      try (var outcomes = work.fanOut().open(work.inputs)) {
        outcomes.forEachRemaining(_ -> {});
      }
    }
  },
  VALUES_OF_TWO {
    @Override
    void block(Work work) throws Exception {
      work.join().values(work.op(1), work.op(2), (a, b) -> a + b);
    }
  },
  VALUES_OF_THREE {
    @Override
    void block(Work work) throws Exception {
      work.join().values(work.op(1), work.op(2), work.op(3), (a, b, c) -> a + b + c);
    }
  },
  VALUES_OF_FOUR {
    @Override
    void block(Work work) throws Exception {
      work.join()
          .values(work.op(1), work.op(2), work.op(3), work.op(4), (a, b, c, d) -> a + b + c + d);
    }
  },
  OUTCOMES_OF_TWO {
    @Override
    void block(Work work) throws Exception {
      work.join().outcomes(work.op(1), work.op(2), List::of);
    }
  },
  OUTCOMES_OF_THREE {
    @Override
    void block(Work work) throws Exception {
      work.join().outcomes(work.op(1), work.op(2), work.op(3), List::of);
    }
  },
  OUTCOMES_OF_FOUR {
    @Override
    void block(Work work) throws Exception {
      work.join().outcomes(work.op(1), work.op(2), work.op(3), work.op(4), List::of);
    }
  },
  START_FOR_EACH {
    @Override
    CompletableFuture<?> start(Work work) {
      return work.fanOut().startForEach(work.inputs, _ -> {});
    }
  },
  START_COLLECT {
    @Override
    CompletableFuture<?> start(Work work) {
      return work.fanOut().startCollect(work.inputs, Collectors.toList());
    }
  },
  START_JOIN {
    @Override
    CompletableFuture<?> start(Work work) {
      return work.fanOut().startJoin(work.inputs);
    }
  },
  START_VALUES_OF_TWO {
    @Override
    CompletableFuture<?> start(Work work) {
      return work.join().startValues(work.op(1), work.op(2), (a, b) -> a + b);
    }
  },
  START_VALUES_OF_THREE {
    @Override
    CompletableFuture<?> start(Work work) {
      return work.join().startValues(work.op(1), work.op(2), work.op(3), (a, b, c) -> a + b + c);
    }
  },
  START_VALUES_OF_FOUR {
    @Override
    CompletableFuture<?> start(Work work) {
      return work.join()
          .startValues(
              work.op(1), work.op(2), work.op(3), work.op(4), (a, b, c, d) -> a + b + c + d);
    }
  };

  /// What is run.
  ///
  /// @param inputs of those ends that take some; typed joins run for 1, 2, 3 and 4
  record Work(
      AsyncOp<Integer, Integer> operation,
      Iterable<Integer> inputs,
      @Nullable Duration timeout,
      boolean hasContext,
      @Nullable Run run) {
    private static final Deadline LATER = Deadline.in(Duration.ofMinutes(5));

    FanOut<Integer, Integer> fanOut() {
      var fanOut = FanOut.of(operation).concurrency(4).deadline(LATER);
      fanOut = timeout == null ? fanOut : fanOut.timeout(timeout);
      fanOut = hasContext ? fanOut.context(Work::carried) : fanOut;
      return run == null ? fanOut : fanOut.on(run);
    }

    Join join() {
      var join = Join.within(LATER);
      join = timeout == null ? join : join.timeout(timeout);
      join = hasContext ? join.context(Work::carried) : join;
      return run == null ? join : join.on(run);
    }

    private static Runnable carried(Runnable action) {
      return () -> action.run(); // another object than the action
    }

    Join.Op<Integer> op(int item) {
      return call -> operation.start(item, call);
    }
  }

  boolean isStarted() {
    return name().startsWith("START");
  }

  /// Returns when the run has ended, whatever came of it.
  void block(Work work) throws Exception {
    await(start(work));
  }

  CompletableFuture<?> start(Work work) {
    throw new UnsupportedOperationException(this + " starts nothing for " + work);
  }

  /// Waits, in vain at most 20 s.
  static void await(CompletableFuture<?> started) throws Exception {
    started.handle((_, failure) -> failure == null ? "" : failure).get(20, SECONDS);
  }

  /// Runs it here, whatever came of it but an interrupt.
  void run(Work work) throws Exception {
    try {
      block(work);
    } catch (ExecutionException itsOwn) {
      assertThat(itsOwn).hasCauseInstanceOf(TimeoutException.class);
    }
  }
}
