/// `bench/guarantees` asks twelve questions, one for each guarantee of the async library, of it and
/// of the libraries that people use, by observing them.
///
/// `GuaranteesMain` asks each [Question] of each [Subject], and [Comparison] writes the table. A
/// question knows no library: it hands a [Workload] to a subject and watches inputs, work and sink.
/// A subject knows no question. No cell is written by hand.
@NullMarked
package dev.sluice.bench.guarantees;

import org.jspecify.annotations.NullMarked;
