package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.gpu.guard.GuardedBackend;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.route.ModelProfile;
import java.util.Optional;
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
    boolean half = half(options.kv());
    Optional<OutputTolerance> coded = coded(options.kv());
    if (coded.isPresent()) {
      return coded.get();
    }
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
   */
  public static OutputTolerance ofKernels(Model model, boolean q8, boolean pairs, KvStorage kv) {
    Optional<OutputTolerance> coded = coded(kv);
    if (coded.isPresent()) {
      return coded.get();
    }
    if (q8 && !UNQUANTIZED.containsAll(ModelProfile.of(model).types())) {
      return q8(model.config().layerCount());
    }
    return pairs || half(kv)
        ? new OutputTolerance(F16_PRODUCTS, false)
        : new OutputTolerance(F32, true);
  }

  /**
   * The most error where both sides run batches of two tokens and more, which take no rounded
   * activations.
   */
  public static double ofBatches(Backend backend, SessionOptions options) {
    Optional<OutputTolerance> coded = coded(options.kv());
    if (coded.isPresent()) {
      return coded.get().mostError();
    }
    boolean matrix = backend instanceof GuardedBackend guarded && guarded.gpu().matrix();
    if (matrix) {
      return F16_PRODUCTS;
    }
    return half(options.kv()) ? F16_CACHE : F32;
  }

  private static boolean half(KvStorage kv) {
    return kv.keys() == KvType.F16 || kv.values() == KvType.F16;
  }

  /**
   * A value at the border of two levels may fall on either side, and all that follows is then
   * rounded anew: two runs may part by two independent roundings of the cache.
   */
  private static Optional<OutputTolerance> coded(KvStorage kv) {
    double rounding = Math.max(rounding(kv.keys()), rounding(kv.values()));
    return kv.keys().coded() || kv.values().coded()
        ? Optional.of(new OutputTolerance(Math.sqrt(2) * rounding, false))
        : Optional.empty();
  }

  /** Relative root mean square error of a stored head (Max, 1960, for the unit Gaussian). */
  private static double rounding(KvType type) {
    return switch (type) {
      case F32, F16 -> 0;
      case Q8_0 -> Q8_PRODUCT;
      case TURBO4 -> Math.sqrt(0.009501);
      case TURBO3 -> Math.sqrt(0.03455);
      case TURBO2 -> Math.sqrt(0.1175);
    };
  }

  /**
   * Errors of products in a row are independent and add as squares; the head is one more. Tokens
   * may part where two logits are closer than that.
   */
  static OutputTolerance q8(int layers) {
    return new OutputTolerance(Q8_PRODUCT * Math.sqrt(PRODUCTS_OF_A_BLOCK * layers + 1.0), false);
  }
}
