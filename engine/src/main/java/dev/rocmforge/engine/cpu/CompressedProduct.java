package dev.rocmforge.engine.cpu;

import dev.rocmforge.engine.compress.Hadamard;
import dev.rocmforge.engine.model.CompressedMatrix;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * {@code y = (B + S + U V) (R x) + b}: each part by the backend's own operations, one after the
 * other.
 */
final class CompressedProduct {
  private final CompressedMatrix matrix;
  private final CompressedScratch scratch;
  private final Product[] blocks;
  private final float[] bias;
  private final float[] result;

  CompressedProduct(
      CompressedMatrix matrix, Optional<Tensor> bias, float[] result, CompressedScratch scratch) {
    this.matrix = matrix;
    this.scratch = scratch;
    this.result = result;
    this.blocks =
        matrix
            .blocks()
            .map(part -> new Product[] {new Product(new Linear(part, bias), result)})
            .orElse(new Product[0]);
    this.bias = bias.map(Tensor::decode).orElse(new float[0]);
    scratch.reserve(
        matrix.rotated() ? matrix.cols() : 0, matrix.lowRank().map(part -> part.rank()).orElse(0));
  }

  int rows() {
    return (int) matrix.rows();
  }

  void run(Operations operations, float[] activations, int batch) {
    float[] x = activations;
    if (matrix.rotated()) {
      x = scratch.rotated();
      System.arraycopy(activations, 0, x, 0, batch * matrix.cols());
      for (int row = 0; row < batch; row++) {
        Hadamard.rotate(x, row * matrix.cols(), matrix.cols());
      }
    }
    if (blocks.length > 0) {
      operations.multiply(blocks, x, batch);
    } else {
      begin(batch);
    }
    if (matrix.sparse().isPresent()) {
      operations.addSparse(matrix.sparse().get(), x, batch, result);
    }
    if (matrix.lowRank().isPresent()) {
      operations.addLowRank(matrix.lowRank().get(), x, batch, scratch.inner(), result);
    }
  }

  private void begin(int batch) {
    for (int row = 0; row < batch; row++) {
      if (bias.length == 0) {
        Arrays.fill(result, row * rows(), (row + 1) * rows(), 0);
      } else {
        System.arraycopy(bias, 0, result, row * rows(), rows());
      }
    }
  }
}
