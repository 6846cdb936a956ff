package dev.sluice.bench.job;

/// The shape of a list of URLs.
///
/// @param lines all distinct
/// @param hosts that the lines are dealt to, each as many as any other, give or take one
/// @param hang every `hang`th line is a URL that is never answered; 0 for none
/// @param largest lines of the first host, if it is to have more than the others; 0 for as many
/// @param seed of the order
record Shape(int lines, int hosts, int hang, int largest, long seed) {
  static final int MAX_LINES = 1_000_000;
  static final int MAX_HOSTS = 5_000;

  private static final int HOSTS_A_NET = 250;

  Shape {
    between("--lines", 1, lines, MAX_LINES);
    between("--hosts", 1, hosts, MAX_HOSTS);
    between("--hang", 0, hang, MAX_LINES);
    between("--largest", 0, largest, hosts == 1 ? 0 : lines);
  }

  Shape(int lines, int hosts, int hang, long seed) {
    this(lines, hosts, hang, 0, seed);
  }

  private static void between(String name, int least, int value, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be from " + least + " to " + most + ", got " + value);
    }
  }

  /// The address that is this host.
  static String host(int index) {
    return "127.0." + (1 + index / HOSTS_A_NET) + "." + (1 + index % HOSTS_A_NET);
  }

  /// Of the line at this place of the unshuffled list, from 0.
  int hostOf(int place) {
    return largest == 0 ? place % hosts : place < largest ? 0 : 1 + (place - largest) % (hosts - 1);
  }

  /// How many lines of its host came before it.
  int turnOf(int place) {
    return largest == 0 ? place / hosts : place < largest ? place : (place - largest) / (hosts - 1);
  }

  /// Lines of the host that has most.
  int linesOfLargest() {
    return largest == 0
        ? Math.ceilDiv(lines, hosts)
        : Math.max(largest, Math.ceilDiv(lines - largest, hosts - 1));
  }

  /// Whether the line with this number, from 1, is never answered.
  boolean hangs(int line) {
    return hang > 0 && line % hang == 0;
  }

  /// How many lines are never answered.
  int hanging() {
    return hang == 0 ? 0 : lines / hang;
  }
}
