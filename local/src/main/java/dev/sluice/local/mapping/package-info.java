/// The event source mapping: what Lambda does between a queue and a function.
@NullMarked
package dev.sluice.local.mapping;

import org.jspecify.annotations.NullMarked;
