package dev.sluice.report;

/// Whether report tasks changed the books.
enum EntryResult {
  ENTERED,

  /// All of them had been entered before.
  AGAIN
}
