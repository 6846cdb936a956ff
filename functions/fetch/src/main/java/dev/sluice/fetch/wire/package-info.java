/// The exchange: one request, one answer, over a connection to a vetted address, under limits.
///
/// HttpCore's reactor does TCP, TLS and readiness; the bytes of a connection are read here
/// (`docs/adr/0002-http-above-the-reactor.md`). In the order of an exchange: [HttpWeb] →
/// `HttpExchange` → `Link` → `ResponseReader` → `Spool`.
@NullMarked
package dev.sluice.fetch.wire;

import org.jspecify.annotations.NullMarked;
