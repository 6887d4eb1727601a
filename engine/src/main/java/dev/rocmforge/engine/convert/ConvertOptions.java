package dev.rocmforge.engine.convert;

import dev.rocmforge.engine.InputException;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * How a model is converted; with nothing given nothing is lost.
 *
 * @param svdK rank of the factors in front of a residual
 * @param sparseThreshold share of stored values from which sparse rows are not worth it, 0 to 1
 * @param pruneThreshold values of at most this magnitude are dropped from sparse parts
 * @param useFwht rotate the rows of compressed experts
 * @param mpoChiMax rank of two-site products
 * @param maxLayers layers that are kept, from the first
 * @param rotation blocks of rotated rows for the matrices that nothing else takes
 * @param attentionOnly factors for the attention's matrices alone
 * @param metadata documented keys whose meaning is the session's, written as they are
 */
public record ConvertOptions(
    OptionalInt svdK,
    OptionalDouble sparseThreshold,
    double pruneThreshold,
    boolean useFwht,
    OptionalInt mpoChiMax,
    OptionalInt maxLayers,
    Rotation rotation,
    boolean attentionOnly,
    Map<String, Object> metadata) {

  /** Blocks of rotated rows. */
  public enum Rotation {
    NONE,
    MQ4,
    MQ6
  }

  /** Values up to this count as zero when nothing is said. */
  public static final double ZERO = 1e-6;

  /** Of a matrix in f32 indices and values against 4-bit blocks: beyond, sparse rows are larger. */
  static final double BREAK_EVEN = 0.0625;

  /** Nothing is lost. */
  public static final ConvertOptions LOSSLESS =
      new ConvertOptions(
          OptionalInt.empty(),
          OptionalDouble.empty(),
          ZERO,
          false,
          OptionalInt.empty(),
          OptionalInt.empty(),
          Rotation.NONE,
          false,
          Map.of());

  public ConvertOptions {
    metadata = new TreeMap<>(metadata);
    positive("--svd-k", svdK);
    positive("--mpo-chi-max", mpoChiMax);
    positive("--max-layers", maxLayers);
    double share = sparseThreshold.orElse(0);
    if (!(share >= 0 && share <= 1)) {
      throw new InputException("--sparse-threshold: 0 to 1 needed, " + share + " given");
    }
    if (!(pruneThreshold >= 0 && pruneThreshold < Double.POSITIVE_INFINITY)) {
      throw new InputException(
          "--residual-prune-threshold: 0 or more needed, " + pruneThreshold + " given");
    }
  }

  private static void positive(String option, OptionalInt value) {
    if (value.orElse(1) < 1) {
      throw new InputException(option + ": 1 or more needed, " + value.getAsInt() + " given");
    }
  }
}
