/// Reads an archive back into an index, and a row for each line that ended in it.
@NullMarked
package dev.sluice.extract;

import org.jspecify.annotations.NullMarked;
