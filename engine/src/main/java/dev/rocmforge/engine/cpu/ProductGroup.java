package dev.rocmforge.engine.cpu;

import dev.rocmforge.engine.model.CompressedMatrix;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.MatrixStack;
import dev.rocmforge.engine.model.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Products of the same input, whatever the form of their matrices. Those of blocks run in one call
 * of the operations, compressed ones after them. Made once a session.
 */
final class ProductGroup {
  private final CompressedScratch scratch;
  private final List<CompressedProduct> compressed = new ArrayList<>();
  private Product[] blocks = new Product[0];

  ProductGroup(CompressedScratch scratch) {
    this.scratch = scratch;
  }

  /** One product. */
  static ProductGroup of(CompressedScratch scratch, Linear linear, float[] result) {
    return new ProductGroup(scratch).with(linear, result);
  }

  /**
   * Adds a product while the session opens.
   *
   * @param result receives {@code [batch][rows]}
   */
  ProductGroup with(Linear linear, float[] result) {
    switch (linear.matrix()) {
      case Tensor _ -> {
        blocks = Arrays.copyOf(blocks, blocks.length + 1);
        blocks[blocks.length - 1] = new Product(linear, result);
      }
      case CompressedMatrix matrix ->
          compressed.add(new CompressedProduct(matrix, linear.bias(), result, scratch));
      case MatrixStack stack -> throw new AssertionError(stack.name() + " is a stack");
    }
    return this;
  }

  /** All products of {@code x}, {@code [batch][cols]}. */
  void run(Operations operations, float[] x, int batch) {
    if (blocks.length > 0) {
      operations.multiply(blocks, x, batch);
    }
    for (int i = 0; i < compressed.size(); i++) {
      compressed.get(i).run(operations, x, batch);
    }
  }
}
