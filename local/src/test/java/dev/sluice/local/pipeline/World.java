package dev.sluice.local.pipeline;

import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the world does to a job besides its work.
///
/// @param effects what becomes of each effect
/// @param deliveries how the next batch is handled
/// @param lags how long the next batch lies between its receive and its invocation: others overtake
///   it where the queue allows that
/// @param random how slow what is slow is
/// @param defect that is planted; null for none
record World(
    Effects.Plan effects,
    Supplier<Delivery> deliveries,
    Supplier<Duration> lags,
    SplittableRandom random,
    @Nullable Defect defect) {
  /// A world in which all deliveries are alike, and nothing lags.
  static World of(long seed, Effects.Plan effects, Delivery delivery, @Nullable Defect defect) {
    return new World(
        effects, () -> delivery, () -> Duration.ZERO, new SplittableRandom(seed), defect);
  }

  /// The same, but half of the batches lag.
  static World late(long seed, Effects.Plan effects, Delivery delivery, @Nullable Defect defect) {
    var random = new SplittableRandom(seed);
    return new World(effects, () -> delivery, lags(random.split(), 2), random, defect);
  }

  /// Of four batches so many lag, for up to 20 s. Of a FIFO group nothing overtakes them: that is
  /// shorter than any visibility, and while they are hidden the queue gives nothing more of it.
  static Supplier<Duration> lags(SplittableRandom chance, int often) {
    return () ->
        chance.nextInt(4) < often ? Duration.ofMillis(chance.nextInt(20_000)) : Duration.ZERO;
  }

  boolean has(Defect planted) {
    return defect == planted;
  }

  /// Up to so long.
  Duration upTo(Duration most) {
    return Duration.ofNanos(random.nextLong(most.toNanos()));
  }
}
