/// In-memory twins of the adapters: they pass the same contracts, and open nothing.
@NullMarked
package dev.sluice.edge.memory;

import org.jspecify.annotations.NullMarked;
