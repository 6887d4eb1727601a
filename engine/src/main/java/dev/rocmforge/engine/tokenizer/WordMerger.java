package dev.rocmforge.engine.tokenizer;

import java.util.Arrays;

/**
 * Byte-pair merging of one piece: symbols in a linked list, candidate merges in a heap by rank and
 * then position, so n bytes cost n log n. Owns its scratch memory; one user at a time.
 */
final class WordMerger {
  private final MergeTable merges;
  private int[] symbols = new int[64];
  private int[] next = new int[64];
  private int[] previous = new int[64];
  private long[] heap = new long[64];
  private int heapSize;

  WordMerger(MergeTable merges) {
    this.merges = merges;
  }

  /** The symbols to be merged, for the caller to fill with {@code length} ids. */
  int[] symbols(int length) {
    if (symbols.length < length) {
      int size = Math.max(length, symbols.length * 2);
      symbols = Arrays.copyOf(symbols, size);
      next = new int[size];
      previous = new int[size];
      heap = new long[size];
    }
    return symbols;
  }

  /** Merges the first {@code length} symbols in place; returns how many are left. */
  int merge(int length) {
    heapSize = 0;
    for (int i = 0; i < length; i++) {
      previous[i] = i - 1;
      next[i] = i + 1 < length ? i + 1 : -1;
    }
    for (int i = 0; i + 1 < length; i++) {
      offer(i);
    }
    while (heapSize > 0) {
      long best = poll();
      join((int) best, (int) (best >>> 32));
    }
    int count = 0;
    for (int i = length == 0 ? -1 : 0; i >= 0; i = next[i]) {
      symbols[count++] = symbols[i];
    }
    return count;
  }

  private void join(int at, int rank) {
    int right = next[at];
    if (symbols[at] < 0 || right < 0) {
      return;
    }
    int slot = merges.find(symbols[at], symbols[right]);
    // A rank belongs to one pair: another rank means that a neighbour has changed since.
    if (slot < 0 || merges.rank(slot) != rank) {
      return;
    }
    symbols[at] = merges.merged(slot);
    symbols[right] = -1;
    next[at] = next[right];
    if (next[at] >= 0) {
      previous[next[at]] = at;
      offer(at);
    }
    if (previous[at] >= 0) {
      offer(previous[at]);
    }
  }

  private void offer(int at) {
    int slot = merges.find(symbols[at], symbols[next[at]]);
    if (slot < 0) {
      return;
    }
    if (heapSize == heap.length) {
      heap = Arrays.copyOf(heap, heapSize * 2);
    }
    long entry = ((long) merges.rank(slot) << 32) | at;
    int i = heapSize++;
    while (i > 0 && heap[(i - 1) >>> 1] > entry) {
      heap[i] = heap[(i - 1) >>> 1];
      i = (i - 1) >>> 1;
    }
    heap[i] = entry;
  }

  private long poll() {
    long top = heap[0];
    long entry = heap[--heapSize];
    int i = 0;
    while (2 * i + 1 < heapSize) {
      int child = 2 * i + 1;
      if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= entry) {
        break;
      }
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = entry;
    return top;
  }
}
