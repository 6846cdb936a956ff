package dev.sluice.async;

import org.jspecify.annotations.Nullable;

/// Puts outcomes into the order of their items, if an order is wanted. Only the driver calls it.
final class Window<T, R extends @Nullable Object> {
  private final Sink<T, R> sink;

  // The outcomes that wait for their turn, by index modulo size; null if no order is wanted.
  private final @Nullable Outcome<T, R> @Nullable [] early;
  private long delivered;

  /// @param size the number of items that may be pulled and not delivered; 0 for no order
  @SuppressWarnings({"unchecked", "rawtypes"}) // only outcomes of this run are put into it
  Window(Sink<T, R> sink, int size) {
    this.sink = sink;
    this.early = size == 0 ? null : new Outcome[size];
  }

  /// Whether one more item may be pulled.
  boolean hasPlace(long pulled) {
    return early == null || pulled - delivered < early.length;
  }

  void accept(long index, Outcome<T, R> outcome) {
    if (early == null) {
      sink.accept(index, outcome);
      return;
    }
    early[(int) (index % early.length)] = outcome;
    for (var first = take(); first != null; first = take()) {
      sink.accept(delivered++, first);
    }
  }

  private @Nullable Outcome<T, R> take() {
    if (early == null) {
      return null;
    }
    var place = (int) (delivered % early.length);
    var first = early[place];
    early[place] = null;
    return first;
  }
}
