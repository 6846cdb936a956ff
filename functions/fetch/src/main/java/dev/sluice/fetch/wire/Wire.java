package dev.sluice.fetch.wire;

import dev.sluice.edge.Health;
import dev.sluice.fetch.guard.Resolver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/// The parts of a web that all its exchanges share.
///
/// @param temp the folder of bodies that memory has no room for
/// @param process whether this process can open a socket and read from it
/// @param writer where bodies are written and answers delivered; may block
/// @param timer ends phases that take too long; never blocked
record Wire(
    HttpLimits limits,
    Resolver resolver,
    Connector connector,
    SSLContext tls,
    Pool<Link> pool,
    MemoryBudget memory,
    Path temp,
    Health process,
    Executor writer,
    ScheduledExecutorService timer) {
  ScheduledFuture<?> after(Duration delay, Runnable action) {
    return timer.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
  }
}
