/// Sluice on this machine: the command line over the embedded stack.
@NullMarked
package dev.sluice.local;

import org.jspecify.annotations.NullMarked;
