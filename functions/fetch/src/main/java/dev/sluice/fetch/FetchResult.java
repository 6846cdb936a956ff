package dev.sluice.fetch;

/// How `fetch` ended with a task.
enum FetchResult {
  /// Its URLs were fetched into an archive.
  FETCHED,

  /// Its archive was there already; only the sends that follow from it were repeated.
  AGAIN
}
