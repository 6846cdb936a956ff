/// Gives every message that could not be handled, however often it was tried, an end.
@NullMarked
package dev.sluice.undeliverable;

import org.jspecify.annotations.NullMarked;
