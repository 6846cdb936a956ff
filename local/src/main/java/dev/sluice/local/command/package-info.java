/// The command line.
@NullMarked
package dev.sluice.local.command;

import org.jspecify.annotations.NullMarked;
