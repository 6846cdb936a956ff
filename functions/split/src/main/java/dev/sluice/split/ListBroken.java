package dev.sluice.split;

import java.io.IOException;

/// The list breaks here, however often it is read: it ends where it breaks.
final class ListBroken extends IOException {
  private static final long serialVersionUID = 1;

  ListBroken(String sentence) {
    super(sentence);
  }
}
