package dev.rocmforge.peers.jlama;

import com.github.tjake.jlama.tensor.operations.TensorOperations;
import com.github.tjake.jlama.tensor.operations.TensorOperationsProvider;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.TransformerBlocks;
import java.util.stream.IntStream;

/**
 * Where Jlama's products in C, which are its faster ones, are right: two faults of 0.8.4 are gone
 * round, so that it is measured at its best and not on other work.
 *
 * <ul>
 *   <li>Batches of six tokens and more come out wrong unless their number is a multiple of five.
 *   <li>Rows are cut into 128 parts of equal length, and those that are left over are not computed
 *       unless a part divides the whole with a rest.
 * </ul>
 *
 * <p>Its products in Java have neither fault.
 */
final class NativeProducts {
  private static final int PARTS = 128;
  private static final int RIGHT_MULTIPLE = 5;

  private NativeProducts() {}

  /** Those in C where they compute all rows of all matrices of a model, else those in Java. */
  static TensorOperations choose(Model model) {
    if (!rows(model).allMatch(NativeProducts::whole)) {
      // Read when the products are first asked for.
      System.setProperty("jlama.force_panama_tensor_operations", "true");
    }
    return TensorOperationsProvider.get();
  }

  private static IntStream rows(Model model) {
    IntStream outside =
        IntStream.of(model.config().vocabularySize(), model.config().embeddingLength());
    return model.config().blocks() instanceof TransformerBlocks blocks
            && blocks.feedForward() instanceof FeedForward.Dense dense
        ? IntStream.concat(
            outside, IntStream.of(blocks.queryWidth(), blocks.keyWidth(), dense.length()))
        : outside;
  }

  /** Whether no row is left out. */
  static boolean whole(int rows) {
    int parts = Math.min(rows, PARTS);
    int part = rows / parts;
    return parts * part + rows % part == rows;
  }

  /** The largest batch up to {@code tokens} that comes out right. */
  static int rightBatch(int tokens) {
    return tokens < RIGHT_MULTIPLE ? tokens : tokens - tokens % RIGHT_MULTIPLE;
  }
}
