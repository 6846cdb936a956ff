/// Fetches the URLs of a task into one archive, in the order a URL takes: `plan` (whom to ask,
/// when), `guard` (may we connect), `wire` (the exchange), and what is kept.
@NullMarked
package dev.sluice.fetch;

import org.jspecify.annotations.NullMarked;
