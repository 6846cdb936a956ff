/// Finds what is missing of jobs whose time is over, and writes it.
@NullMarked
package dev.sluice.sweep;

import org.jspecify.annotations.NullMarked;
