package dev.sluice.split;

import org.jspecify.annotations.Nullable;

/// The log line of `split`.
///
/// @param tasks sent
/// @param detail what to do about it, in one sentence
record Split(SplitResult result, int tasks, @Nullable String detail) {
  Split(SplitResult result, int tasks) {
    this(result, tasks, null);
  }
}
