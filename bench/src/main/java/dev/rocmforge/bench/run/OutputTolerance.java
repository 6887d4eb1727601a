package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.gpu.guard.GuardedBackend;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.route.ModelProfile;
import java.util.Set;

/**
 * How far a backend's logits may lie from a reference's, by the arithmetic it uses.
 *
 * @param mostError relative L2 error of the logits of one position
 * @param sameTokens whether greedy tokens must be equal as well
 */
public record OutputTolerance(double mostError, boolean sameTokens) {
  /** Rounding of f32 sums in another order, over all layers. */
  private static final double F32 = 1e-4;

  /** A key that falls on the other side of a rounding to f16 differs by 2^-11. */
  private static final double F16_CACHE = 2e-3;

  /** Both sides of every product of the prefill are rounded to f16, and perhaps the cache. */
  private static final double F16_PRODUCTS = 3e-3;

  /**
   * A block of 32 activations becomes bytes with a step of its maximum / 127; the rounding error
   * has the standard deviation step / sqrt(12), and the maximum is at most sqrt(32) times the
   * block's root mean square.
   */
  private static final double Q8_PRODUCT = Math.sqrt(32) / (127 * Math.sqrt(12));

  /** Products in a row in a block: Q, K and V; output; gate and up; down. */
  private static final int PRODUCTS_OF_A_BLOCK = 4;

  private static final Set<QuantType> UNQUANTIZED =
      Set.of(QuantType.F32, QuantType.F16, QuantType.BF16);

  /** The tolerance for a session of a backend. */
  public static OutputTolerance of(Backend backend, Model model, SessionOptions options) {
    boolean half = options.kvType() == KvType.F16;
    if (backend instanceof GuardedBackend guarded) {
      boolean quantized = !UNQUANTIZED.containsAll(ModelProfile.of(model).types());
      if (guarded.gpu().q8Activations() && quantized) {
        return q8(model.config().layerCount());
      }
      boolean pairs =
          guarded.gpu().dot2() && ModelProfile.of(model).types().contains(QuantType.F16);
      if (half || pairs || guarded.gpu().matrix()) {
        return new OutputTolerance(F16_PRODUCTS, false);
      }
    }
    return new OutputTolerance(half ? F16_CACHE : F32, true);
  }

  /**
   * The tolerance for chosen kernels.
   *
   * @param q8 whether single tokens become signed bytes where weights are quantized
   * @param pairs whether both sides of products are rounded to f16
   * @param halfCache whether keys and values are
   */
  public static OutputTolerance ofKernels(
      Model model, boolean q8, boolean pairs, boolean halfCache) {
    if (q8 && !UNQUANTIZED.containsAll(ModelProfile.of(model).types())) {
      return q8(model.config().layerCount());
    }
    return pairs || halfCache
        ? new OutputTolerance(F16_PRODUCTS, false)
        : new OutputTolerance(F32, true);
  }

  /**
   * The most error where both sides run batches of two tokens and more, which take no rounded
   * activations.
   */
  public static double ofBatches(Backend backend, SessionOptions options) {
    boolean half = options.kvType() == KvType.F16;
    boolean matrix = backend instanceof GuardedBackend guarded && guarded.gpu().matrix();
    if (matrix) {
      return F16_PRODUCTS;
    }
    return half ? F16_CACHE : F32;
  }

  /**
   * Errors of products in a row are independent and add as squares; the head is one more. Tokens
   * may part where two logits are closer than that.
   */
  static OutputTolerance q8(int layers) {
    return new OutputTolerance(Q8_PRODUCT * Math.sqrt(PRODUCTS_OF_A_BLOCK * layers + 1.0), false);
  }
}
