package dev.sluice.async;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.ToIntFunction;

/// Spreads starts over lanes by weight, as evenly as whole items allow: smooth weighted round
/// robin. At each start every lane with an item saves up its weight; the richest lane starts and
/// pays the sum.
final class WeightedLanes<T> implements Lanes<T> {
  private final ToIntFunction<? super T> lane;
  private final int[] weights;
  private final long[] saved;
  private final List<Deque<Waiting<T>>> waiting = new ArrayList<>();

  WeightedLanes(ToIntFunction<? super T> lane, int[] weights) {
    this.lane = lane;
    this.weights = weights;
    this.saved = new long[weights.length];
    for (var _ : weights) {
      waiting.add(new ArrayDeque<>());
    }
  }

  @Override
  public void offer(Waiting<T> item) {
    waiting.get(checked(lane.applyAsInt(item.item()), weights.length, "lane")).add(item);
  }

  static int checked(int lane, int lanes, String what) {
    if (lane < 0 || lane >= lanes) {
      throw new IllegalArgumentException(
          what + " must be from 0 to " + (lanes - 1) + ", got " + lane);
    }
    return lane;
  }

  @Override
  public Next<T> poll(long nowNanos) {
    var total = 0L;
    var richest = -1;
    for (var i = 0; i < weights.length; i++) {
      if (waiting.get(i).isEmpty()) {
        saved[i] = 0; // an empty lane saves nothing up
        continue;
      }
      total += weights[i];
      saved[i] += weights[i];
      if (richest < 0 || saved[i] > saved[richest]) {
        richest = i;
      }
    }
    if (richest < 0) {
      return new Next.Blocked<>();
    }
    saved[richest] -= total;
    return new Next.Start<>(waiting.get(richest).remove());
  }

  @Override
  public void ended(Waiting<T> item) {}

  @Override
  public List<Waiting<T>> drain() {
    var rest = new ArrayList<Waiting<T>>();
    for (var each : waiting) {
      rest.addAll(each);
      each.clear();
    }
    return rest;
  }
}
