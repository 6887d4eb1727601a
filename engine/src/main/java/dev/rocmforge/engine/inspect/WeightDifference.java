package dev.rocmforge.engine.inspect;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.model.Matrix;
import dev.rocmforge.engine.model.Tensor;
import java.util.Optional;

/**
 * What a tensor lost on the way from one file to another.
 *
 * @param stored how it is stored in the file that is judged, or "missing"
 * @param bytes there; 0 if it is missing
 * @param nmse squared difference over squared weights of the other file, both decoded, summed in
 *     double; 0 where both decode to the same, 1 where it is missing
 */
public record WeightDifference(String tensor, String stored, long bytes, double nmse) {
  private static final String MISSING = "missing";

  /**
   * Compares one tensor.
   *
   * @param original of the file that counts as right
   * @throws InputException if the shapes differ
   */
  public static WeightDifference of(GgufTensor original, ModelFile judged) {
    String name = original.name();
    Optional<Matrix> found = matrix(judged, name);
    if (found.isEmpty()) {
      return new WeightDifference(name, MISSING, 0, 1);
    }
    Matrix right = plain(original);
    Matrix matrix = found.get();
    if (matrix.rows() != right.rows() || matrix.cols() != right.cols()) {
      throw new InputException(
          "%s: tensor %s: %d rows of %d needed as in %s, %d of %d found"
              .formatted(
                  judged.path(),
                  name,
                  right.rows(),
                  right.cols(),
                  original.file(),
                  matrix.rows(),
                  matrix.cols()));
    }
    // One of gate and up fused has no entry of its own; its rows are those of its type.
    Optional<ModelFile.Entry> entry =
        judged.entries().stream().filter(each -> each.name().equals(name)).findFirst();
    String stored = entry.map(ModelFile.Entry::encoding).orElse("part of another");
    long bytes = entry.map(ModelFile.Entry::bytes).orElse(0L);
    return new WeightDifference(name, stored, bytes, nmse(right, matrix));
  }

  /** Whether the judged file has the tensor. */
  public boolean present() {
    return !stored.equals(MISSING);
  }

  /** A tensor of any encoding as rows that decode. */
  public static Optional<Matrix> matrix(ModelFile file, String name) {
    return file.tensor(name).<Matrix>map(WeightDifference::plain).or(() -> file.compressed(name));
  }

  private static Tensor plain(GgufTensor tensor) {
    return new Tensor(
        tensor.name(), tensor.type(), tensor.rows(), Math.toIntExact(tensor.cols()), tensor.data());
  }

  private static double nmse(Matrix right, Matrix found) {
    float[] a = new float[right.cols()];
    float[] b = new float[right.cols()];
    double error = 0;
    double norm = 0;
    for (long row = 0; row < right.rows(); row++) {
      right.decodeRow(row, a, 0);
      found.decodeRow(row, b, 0);
      for (int i = 0; i < a.length; i++) {
        double difference = (double) a[i] - b[i];
        error += difference * difference;
        norm += (double) a[i] * a[i];
      }
    }
    return error == 0 ? 0 : error / norm;
  }
}
