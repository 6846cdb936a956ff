/// Sees to it that what could not be handled, however often it was tried, has an end.
@NullMarked
package dev.sluice.undeliverable;

import org.jspecify.annotations.NullMarked;
