/// URLs as the rest of Sluice sees them, and the host group that each belongs to.
@NullMarked
package dev.sluice.flow.url;

import org.jspecify.annotations.NullMarked;
