/// Cuts a part of a manifest into tasks, and deals anew what an archive left over.
@NullMarked
package dev.sluice.split;

import org.jspecify.annotations.NullMarked;
