/// The whole pipeline on twins of queue, store and web: real stages, real template, one thread, one
/// seed, a virtual clock.
@NullMarked
package dev.sluice.local.pipeline;

import org.jspecify.annotations.NullMarked;
