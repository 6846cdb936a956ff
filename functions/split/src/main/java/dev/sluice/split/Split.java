package dev.sluice.split;

import org.jspecify.annotations.Nullable;

/// What `split` did with a message.
///
/// @param outcome `planned`, `again` (its plan was there), `yielded` (held back for a turn),
///   `dealt` or `early` (leftovers), `another_list` (nothing: the manifest was put anew)
/// @param tasks sent
/// @param detail what to do about it, in one sentence
public record Split(String outcome, int tasks, @Nullable String detail) {
  Split(String outcome, int tasks) {
    this(outcome, tasks, null);
  }
}
