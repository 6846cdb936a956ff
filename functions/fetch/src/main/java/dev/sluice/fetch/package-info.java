/// Fetches the URLs of a task into one archive. Packages in the order a URL takes: `plan` (which
/// host is asked, and when), `guard` (whether to connect), `wire` (the exchange); here, the round
/// and its archive.
@NullMarked
package dev.sluice.fetch;

import org.jspecify.annotations.NullMarked;
