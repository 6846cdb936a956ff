package dev.sluice.flow;

import org.jspecify.annotations.Nullable;

/// One line of the table of results; each accepted line gets exactly one.
///
/// @param place of its response in the archive, if one was archived
/// @param page what the extract stage read in it, if it is a page
public record Row(Visit visit, @Nullable Place place, @Nullable Page page) {
  /// Where the response lies.
  ///
  /// @param warcFilename key of the archive
  /// @param warcRecordOffset of the record's first byte, in the archive as stored
  /// @param warcRecordLength of the record's gzip member
  public record Place(String warcFilename, long warcRecordOffset, long warcRecordLength) {}

  /// What the extract stage read.
  ///
  /// @param title of the document, white space folded
  /// @param links `a[href]` with an http or https URL
  /// @param textLength characters of visible text
  public record Page(@Nullable String title, int links, int textLength) {}
}
