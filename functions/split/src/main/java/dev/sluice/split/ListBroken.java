package dev.sluice.split;

import java.io.IOException;

/// The list cannot be read on, however often it is tried: where it breaks it ends.
final class ListBroken extends IOException {
  private static final long serialVersionUID = 1;

  ListBroken(String sentence) {
    super(sentence);
  }
}
