/// A queue, a store and a web in this process. They pass the same tests as the real ones; the
/// simulation of a whole job stands on them. No function's zip holds them.
@NullMarked
package dev.sluice.memory;

import org.jspecify.annotations.NullMarked;
