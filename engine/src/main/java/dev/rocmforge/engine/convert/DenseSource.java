package dev.rocmforge.engine.convert;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.model.Matrix;
import java.util.Arrays;
import java.util.Optional;

/**
 * A tensor decoded: {@code [stack][rows][cols]}, row-major.
 *
 * @param matrices of the stack; 1 for a matrix
 */
public record DenseSource(GgufTensor tensor, int matrices, int rows, int cols, Weights weights) {
  /** Finite weights; a record component that is not compared. */
  public static final class Weights {
    private final float[] values;

    Weights(float[] values) {
      this.values = values;
    }
  }

  /**
   * @throws InputException if a weight is NaN or infinite, or there are too many for an array
   */
  public static DenseSource of(GgufTensor tensor) {
    if (tensor.elements() > Integer.MAX_VALUE - 8) {
      throw new InputException(
          "%s: tensor %s: at most %d weights needed, %d found"
              .formatted(tensor.file(), tensor.name(), Integer.MAX_VALUE - 8, tensor.elements()));
    }
    float[] values = new float[(int) tensor.elements()];
    tensor.type().format().decode(tensor.data(), 0, values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new InputException(
            "%s: tensor %s: weight %d: a finite number needed, %s found"
                .formatted(tensor.file(), tensor.name(), i, values[i]));
      }
    }
    int matrices = tensor.shape().size() < 3 ? 1 : Math.toIntExact(tensor.shape().get(2));
    return new DenseSource(
        tensor,
        matrices,
        Math.toIntExact(tensor.rows() / matrices),
        Math.toIntExact(tensor.cols()),
        new Weights(values));
  }

  /** A copy of one matrix. */
  float[] matrix(int index) {
    int size = rows * cols;
    return Arrays.copyOfRange(weights.values, index * size, (index + 1) * size);
  }

  /** All weights, not to be changed. */
  public float[] all() {
    return weights.values;
  }

  /** Squared error of {@code decoded} over squared weights, in double; 0 of nothing is 0. */
  public double nmse(Matrix decoded) {
    float[] row = new float[cols];
    double error = 0;
    double norm = 0;
    for (int r = 0; r < matrices * rows; r++) {
      decoded.decodeRow(r, row, 0);
      for (int c = 0; c < cols; c++) {
        double weight = weights.values[r * cols + c];
        error += (weight - row[c]) * (weight - row[c]);
        norm += weight * weight;
      }
    }
    return error == 0 ? 0 : error / norm;
  }

  /**
   * Squared error of the product with inputs of a kind, in double: squared errors of the weights,
   * each times the mean square of its input.
   *
   * @param energy one a column; without it every input counts 1
   */
  public double error(Matrix decoded, Optional<double[]> energy) {
    float[] row = new float[cols];
    double error = 0;
    for (int r = 0; r < matrices * rows; r++) {
      decoded.decodeRow(r, row, 0);
      for (int c = 0; c < cols; c++) {
        double off = (double) weights.values[r * cols + c] - row[c];
        error += energy.isPresent() ? off * off * energy.get()[c] : off * off;
      }
    }
    return error;
  }
}
