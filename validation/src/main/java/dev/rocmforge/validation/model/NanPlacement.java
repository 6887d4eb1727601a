package dev.rocmforge.validation.model;

import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.quant.QuantType;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A NaN in a model file: one weight of a float tensor, or one half-precision scale of a block,
 * which spoils the weights of its block.
 *
 * @param tensor that holds it
 * @param row of the tensor, counted over all its matrices
 * @param offset in the tensor's file, in bytes
 * @param bits of the NaN, little-endian
 * @param bytes how many of them: 2 or 4
 */
public record NanPlacement(GgufTensor tensor, long row, long offset, int bits, int bytes) {
  private static final int NAN_F32 = 0x7fc00000;
  private static final int NAN_F16 = 0x7e00;
  private static final int NAN_BF16 = 0x7fc0;

  /**
   * Draws one: every tensor is as likely as any other, then every weight of it. Of the embeddings
   * half the draws hit a row of the prompt, which few would otherwise.
   */
  static NanPlacement draw(Model model, int[] prompt, SplittableRandom random) {
    List<GgufTensor> tensors = model.file().tensors();
    GgufTensor tensor = tensors.get(random.nextInt(tensors.size()));
    long row = random.nextLong(tensor.rows());
    if (tensor.name().equals("token_embd.weight") && random.nextBoolean()) {
      row = prompt[random.nextInt(prompt.length)];
    }
    QuantType type = tensor.type();
    long block =
        row * (tensor.cols() / type.blockSize())
            + random.nextLong(tensor.cols() / type.blockSize());
    int[] scales = scales(type);
    long offset =
        tensor.offset() + block * type.blockBytes() + scales[random.nextInt(scales.length)];
    return switch (type) {
      case F32 -> new NanPlacement(tensor, row, offset, NAN_F32, 4);
      case BF16 -> new NanPlacement(tensor, row, offset, NAN_BF16, 2);
      default -> new NanPlacement(tensor, row, offset, NAN_F16, 2);
    };
  }

  /** Where in a block the half-precision factors of the format lie. */
  private static int[] scales(QuantType type) {
    return switch (type) {
      case F32, F16, BF16, Q4_0, Q5_0, Q8_0, IQ4_NL -> new int[] {0};
      case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
      case Q2_K -> new int[] {80, 82};
      case Q3_K -> new int[] {108};
      case Q6_K -> new int[] {208};
    };
  }

  @Override
  public String toString() {
    return "%s (%s) row %d, byte %d".formatted(tensor.name(), tensor.type(), row, offset);
  }
}
