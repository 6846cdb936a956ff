package dev.sluice.local.command;

import java.io.InputStream;
import java.io.PrintStream;

/// What a command is given to read from and to write to.
///
/// @param out the result alone
/// @param err progress, and why something is refused
/// @param columns of the terminal that `err` is; 0 if it is none
/// @param name of the command as it was called
record Console(PrintStream out, PrintStream err, InputStream in, int columns, String name) {}
