package dev.rocmforge.bench.jmh;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.cpu.Operations;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.Rope;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.synthetic.ModelShape;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The operations of a CPU backend by themselves, for a model of some shape. Owns the threads.
 *
 * @param config of the shape
 * @param operations that are measured
 * @param backend that runs them; null for the scalar one, which owns nothing
 */
record Arithmetic(ModelConfig config, Operations operations, VectorBackend backend)
    implements AutoCloseable {
  static final String SCALAR = "scalar";
  static final String VECTOR = "vector";

  /** Both backends; the first is the reference. */
  static final List<String> BACKENDS = List.of(SCALAR, VECTOR);

  /**
   * @param capacity most positions that attention looks at
   */
  static Arithmetic open(String backend, ModelConfig config, int capacity, int threads) {
    return switch (backend) {
      case SCALAR -> new Arithmetic(config, ScalarBackend.operations(config, capacity), null);
      case VECTOR -> {
        var vector = new VectorBackend(threads);
        yield new Arithmetic(config, vector.operations(config, capacity), vector);
      }
      default ->
          throw new InputException(
              "backend: one of " + BACKENDS + " needed, '" + backend + "' given");
    };
  }

  /** As a file of this shape would say it. */
  static ModelConfig config(ModelShape shape) {
    return config(
        shape.hidden(),
        shape.feedForward(),
        shape.heads(),
        shape.kvHeads(),
        shape.headDim(),
        shape.ropeTheta(),
        (float) shape.normEpsilon());
  }

  /** For a single matrix: only its width matters. */
  static ModelConfig config(int columns) {
    return config(columns, columns, 1, 1, 64, 10_000, 1e-6f);
  }

  private static ModelConfig config(
      int hidden, int feedForward, int heads, int kvHeads, int head, double theta, float epsilon) {
    var rope = new Rope(Rope.Pairing.HALVES, head, theta, 1);
    return new ModelConfig(
        "synthetic",
        "synthetic",
        1,
        1 << 20,
        hidden,
        1,
        epsilon,
        new TransformerBlocks(
            heads, kvHeads, head, head, rope, false, new FeedForward.Dense(feedForward)));
  }

  TransformerBlocks blocks() {
    return (TransformerBlocks) config.blocks();
  }

  /** Uniform values between -1 and 1. */
  static float[] values(int count, long seed) {
    var random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  @Override
  public void close() {
    operations.close();
    if (backend != null) {
      backend.close();
    }
  }
}
