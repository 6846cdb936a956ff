package dev.sluice.local.command;

import java.io.InputStream;
import java.io.PrintStream;

/// The streams that a command reads and writes.
///
/// @param out the result alone
/// @param err progress, and why something is refused
/// @param columns of the terminal that `err` is; 0 if it is none
/// @param name of the command as it was called
record Console(PrintStream out, PrintStream err, InputStream in, int columns, String name) {}
