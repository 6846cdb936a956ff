package dev.sluice.async;

/// The size of the long proofs: whole with `-Dsluice.proofs=true`, which the profile `proofs` sets,
/// and a sample of each in any other build.
final class Proofs {
  private static final boolean ARE_WHOLE = Boolean.getBoolean("sluice.proofs");

  private Proofs() {}

  static int count(int whole, int sample) {
    return ARE_WHOLE ? whole : sample;
  }
}
