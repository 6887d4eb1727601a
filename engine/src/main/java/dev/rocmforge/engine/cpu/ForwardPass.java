package dev.rocmforge.engine.cpu;

import dev.rocmforge.engine.session.KvReader;
import java.util.Optional;

/** The blocks of one kind of architecture with their state; run by a {@link CpuSession}. */
interface ForwardPass {
  /**
   * Runs all blocks over {@code batch} rows of the residual stream, in place.
   *
   * @param x {@code [batch][embeddingLength]}
   * @param position position of row 0; all earlier ones have been run
   */
  void run(float[] x, int batch, int position);

  /** Whether the state can be cut at {@code position}, which is below the current one. */
  boolean canRewind(int position);

  /** Drops everything from {@code position} on. */
  void rewind(int position);

  /** The cache, for models that have one. */
  Optional<KvReader> keyValues();
}
