/// Everything that touches AWS or JSON: queues, the store, settings, log lines, and the whole of a
/// batch.
@NullMarked
package dev.sluice.edge;

import org.jspecify.annotations.NullMarked;
