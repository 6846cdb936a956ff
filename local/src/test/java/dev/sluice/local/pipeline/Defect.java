package dev.sluice.local.pipeline;

/// A defect that is planted in the hands or the mapping of the functions, to see that it is found.
enum Defect {
  /// A report task that is sent again has another name, and is entered again.
  REPORT_COUNTED_TWICE,

  /// Plans and archives are put after the first message that follows from them was sent.
  SENDS_BEFORE_THE_COMMIT_POINT,

  /// An archive is put over one that is there.
  ARCHIVE_WITHOUT_ITS_CONDITION,

  /// Of a FIFO group the first that failed is given back, and not those behind it.
  FIFO_GIVES_BACK_TOO_LITTLE,

  /// Sends do not wait at the mark.
  HIGH_WATER_LOST,

  /// When what was left over is dealt anew, a URL whose host was parked is left out.
  PARK_DROPS_A_URL
}
