package dev.sluice.archive;

/// Whether an extraction read an archive.
public enum ExtractResult {
  EXTRACTED,

  /// The archive's rows were there already.
  AGAIN
}
