package dev.rocmforge.engine.convert;

import dev.rocmforge.engine.compress.LowRank;
import dev.rocmforge.engine.compress.TruncatedSvd;
import java.util.Optional;

/**
 * How the factors of one tensor are found.
 *
 * @param svd where the decomposition runs
 * @param energy mean square of each input, where factors are to be nearest for those inputs; must
 *     not be changed
 */
public record Factoring(TruncatedSvd svd, Optional<double[]> energy) {
  /** On the CPU, for inputs of any kind. */
  public static final Factoring PLAIN = new Factoring(TruncatedSvd.ON_HOST, Optional.empty());

  /** For inputs of any kind, on the same device. */
  Factoring unweighted() {
    return new Factoring(svd, Optional.empty());
  }

  /**
   * @param rank of which a matrix has at most its smaller side
   */
  LowRank of(float[] weights, int rows, int cols, int rank) {
    int least = Math.min(rank, Math.min(rows, cols));
    return energy
        .map(known -> svd.of(weights, rows, cols, least, known))
        .orElseGet(() -> svd.of(weights, rows, cols, least));
  }
}
