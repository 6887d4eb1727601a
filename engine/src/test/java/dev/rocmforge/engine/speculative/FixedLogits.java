package dev.rocmforge.engine.speculative;

import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.session.KvCache;
import dev.rocmforge.engine.session.KvReader;
import java.util.List;
import java.util.Optional;

/** A session whose logits depend on the position alone. */
final class FixedLogits implements Session {
  private final List<float[]> rows;
  private final int capacity;
  private int position;

  FixedLogits(List<float[]> rows, int capacity) {
    this.rows = rows;
    this.capacity = capacity;
  }

  private float[] row(int at) {
    return rows.get(at % rows.size());
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public float[] prefill(int[] tokens) {
    position += tokens.length;
    return row(position - 1);
  }

  @Override
  public void forward(int[] tokens, LogitsSink sink) {
    for (int token : tokens) {
      sink.row(position, step(token));
    }
  }

  @Override
  public void steps(int[] tokens, LogitsSink sink) {
    forward(tokens, sink);
  }

  @Override
  public float[] step(int token) {
    return prefill(new int[] {token});
  }

  @Override
  public void rewind(int to) {
    position = to;
  }

  @Override
  public Optional<KvReader> keyValues() {
    return Optional.of(KvCache.of(KvStorage.of(KvType.F32), 1, 1, 1, 1, 1));
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
