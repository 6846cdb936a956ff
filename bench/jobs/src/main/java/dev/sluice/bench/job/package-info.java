/// `bench/job`: a whole job over a loopback web of its own, measured from outside and checked row
/// by row.
///
/// In the order of a run: `Main` → `Shape` → `PageServer` (its own process) → `UrlList` →
/// `ProcessTree` → `Check` → `RunTable`. With `--stage split`: `Main` → `SplitRun` → `SplitOnly`
/// (its own process) → `Drain`.
@NullMarked
package dev.sluice.bench.job;

import org.jspecify.annotations.NullMarked;
