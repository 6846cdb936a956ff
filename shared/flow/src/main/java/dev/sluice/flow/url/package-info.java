/// URLs, the rules for them, and the host group of each.
@NullMarked
package dev.sluice.flow.url;

import org.jspecify.annotations.NullMarked;
