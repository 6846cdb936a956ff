/// The exchange: one request, one answer, over a connection to a vetted address, under limits.
///
/// TCP, TLS and readiness are the reactor's of HttpCore; what is read on a connection is ours
/// (`docs/adr/0002-http-above-the-reactor.md`). In the order of an exchange: [HttpWeb] → `Exchange`
/// → `Link` → `ResponseReader` → `Spool`.
@NullMarked
package dev.sluice.fetch.wire;

import org.jspecify.annotations.NullMarked;
