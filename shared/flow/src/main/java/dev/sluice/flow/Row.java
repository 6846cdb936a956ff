package dev.sluice.flow;

import org.jspecify.annotations.Nullable;

/// One row of the table of results; each accepted line gets exactly one.
///
/// @param place of its response in the archive; null if none was archived
/// @param page the columns of its page; null if it is no page
public record Row(Visit visit, @Nullable Place place, @Nullable Page page) {
  /// The place of a response in an archive.
  ///
  /// @param warcFilename key of the archive
  /// @param warcRecordOffset of the record's first byte, in the archive as stored
  /// @param warcRecordLength of the record's gzip member
  public record Place(String warcFilename, long warcRecordOffset, long warcRecordLength) {}

  /// The columns that `extract` reads from a page.
  ///
  /// @param title of the document, white space folded
  /// @param links `a[href]` with an http or https URL
  /// @param textLength characters of visible text
  public record Page(@Nullable String title, int links, int textLength) {}
}
