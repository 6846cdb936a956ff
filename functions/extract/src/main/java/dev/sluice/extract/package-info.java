/// Reads an archive back: an index of it, and a row for each of its outcomes.
@NullMarked
package dev.sluice.extract;

import org.jspecify.annotations.NullMarked;
