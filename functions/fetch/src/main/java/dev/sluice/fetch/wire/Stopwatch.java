package dev.sluice.fetch.wire;

import dev.sluice.flow.Took;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How long the phases of one exchange took. Guarded by its exchange.
final class Stopwatch {
  private final long beganNanos = System.nanoTime();
  private final Map<Phase, Long> nanos = new EnumMap<>(Phase.class);
  private Phase phase = Phase.DNS;
  private long phaseNanos = beganNanos;

  Phase phase() {
    return phase;
  }

  /// Ends the phase and begins another.
  void enter(Phase next) {
    lap();
    phase = next;
  }

  /// Ends the last phase.
  Took stop() {
    lap();
    return new Took(
        millis(nanos.get(Phase.DNS)),
        millis(nanos.get(Phase.CONNECT)),
        millis(nanos.get(Phase.TLS)),
        millis(nanos.get(Phase.FIRST_BYTE)),
        millis(nanos.get(Phase.BODY)),
        millis(System.nanoTime() - beganNanos));
  }

  /// Begins another phase, and forgets this one, which was not needed.
  void skipTo(Phase next) {
    lap();
    nanos.remove(phase);
    phase = next;
  }

  private void lap() {
    var now = System.nanoTime();
    nanos.merge(phase, now - phaseNanos, Long::sum);
    phaseNanos = now;
  }

  private static @Nullable Integer millis(@Nullable Long nanos) {
    return nanos == null ? null : (int) TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
