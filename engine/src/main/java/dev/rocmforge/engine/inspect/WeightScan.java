package dev.rocmforge.engine.inspect;

import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.quant.QuantType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Which weights are NaN or infinite after decoding. A single broken block scale shows as all
 * weights of its block.
 *
 * @param tensors scanned
 * @param weights scanned
 * @param findings one for each tensor with a weight that is not finite, in the order of the file
 */
public record WeightScan(int tensors, long weights, List<Finding> findings) {
  /** Weights decoded at a time; a multiple of every block. */
  private static final int PIECE = 1 << 14;

  public WeightScan {
    findings = List.copyOf(findings);
  }

  /**
   * A tensor with weights that are not finite.
   *
   * @param nans how many are NaN
   * @param infinities how many are infinite
   * @param row of the first one, counted over all outer dimensions
   * @param column of the first one, in the contiguous dimension
   * @param value of the first one
   */
  public record Finding(
      String tensor,
      QuantType type,
      long nans,
      long infinities,
      long row,
      long column,
      float value) {
    /** One line for people. */
    @Override
    public String toString() {
      return "tensor "
          + tensor
          + " ("
          + type
          + "): finite weights needed, "
          + nans
          + " NaN and "
          + infinities
          + " infinite found, first "
          + value
          + " at row "
          + row
          + ", column "
          + column;
    }
  }

  /**
   * Decodes every weight of {@code file}.
   *
   * @param progress hears the weights scanned so far, after every tensor
   */
  public static WeightScan of(ModelFile file, LongConsumer progress) {
    List<Finding> findings = new ArrayList<>();
    float[] piece = new float[PIECE];
    long weights = 0;
    for (GgufTensor tensor : file.tensors()) {
      scan(tensor, piece).ifPresent(findings::add);
      weights += tensor.elements();
      progress.accept(weights);
    }
    return new WeightScan(file.tensors().size(), weights, findings);
  }

  /** Whether all weights are finite. */
  public boolean clean() {
    return findings.isEmpty();
  }

  private static Optional<Finding> scan(GgufTensor tensor, float[] piece) {
    long elements = tensor.elements();
    long nans = 0;
    long infinities = 0;
    long first = -1;
    float firstValue = 0;
    for (long at = 0; at < elements; at += PIECE) {
      int count = (int) Math.min(PIECE, elements - at);
      tensor.type().format().decode(tensor.data(), tensor.type().bytes(at), piece, 0, count);
      for (int i = 0; i < count; i++) {
        if (!Float.isFinite(piece[i])) {
          if (first < 0) {
            first = at + i;
            firstValue = piece[i];
          }
          if (Float.isNaN(piece[i])) {
            nans++;
          } else {
            infinities++;
          }
        }
      }
    }
    if (first < 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            tensor.name(),
            tensor.type(),
            nans,
            infinities,
            first / tensor.cols(),
            first % tensor.cols(),
            firstValue));
  }
}
