/// `bench/guarantees`: the twelve guarantees of the async library as twelve questions, put to it
/// and to the libraries people use, by observing.
///
/// `Main` → each [Question] → each [Subject] → `Table`. A question knows no library: it hands a
/// [Plan] to one and watches inputs, work and sink. A subject knows no question. Nothing in a cell
/// is written by hand.
@NullMarked
package dev.sluice.bench.guarantees;

import org.jspecify.annotations.NullMarked;
