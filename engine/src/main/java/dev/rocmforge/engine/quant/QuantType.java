package dev.rocmforge.engine.quant;

import java.util.Arrays;
import java.util.Optional;

/**
 * The table of weight formats: ggml's type number, weights a block, bytes a block. Everything that
 * depends on a format enumerates this table.
 */
public enum QuantType {
  F32(0, 1, 4, new F32()),
  F16(1, 1, 2, new F16()),
  Q4_0(2, 32, 18, new Q4_0()),
  Q4_1(3, 32, 20, new Q4_1()),
  Q5_0(6, 32, 22, new Q5_0()),
  Q5_1(7, 32, 24, new Q5_1()),
  Q8_0(8, 32, 34, new Q8_0()),
  Q2_K(10, 256, 84, new Q2_K()),
  Q3_K(11, 256, 110, new Q3_K()),
  Q4_K(12, 256, 144, new Q4_K()),
  Q5_K(13, 256, 176, new Q5_K()),
  Q6_K(14, 256, 210, new Q6_K()),
  IQ4_NL(20, 32, 18, new Iq4Nl()),
  BF16(30, 1, 2, new Bf16());

  private final int ggmlType;
  private final int blockSize;
  private final int blockBytes;

  @SuppressWarnings("ImmutableEnumChecker") // formats are stateless
  private final BlockFormat format;

  QuantType(int ggmlType, int blockSize, int blockBytes, BlockFormat format) {
    this.ggmlType = ggmlType;
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
    this.format = format;
  }

  /** The format that a GGUF file means by {@code ggmlType}, if the engine knows it. */
  public static Optional<QuantType> ofGgml(int ggmlType) {
    return Arrays.stream(values()).filter(type -> type.ggmlType == ggmlType).findFirst();
  }

  /** The number that GGUF files store. */
  public int ggmlType() {
    return ggmlType;
  }

  /** Weights a block. */
  public int blockSize() {
    return blockSize;
  }

  /** Bytes a block. */
  public int blockBytes() {
    return blockBytes;
  }

  /** How its blocks are read and written. */
  public BlockFormat format() {
    return format;
  }

  /** Bytes of {@code weights} weights, a whole number of blocks. */
  public long bytes(long weights) {
    assert weights % blockSize == 0
        : name() + ": " + weights + " weights are no whole number of blocks of " + blockSize;
    return weights / blockSize * blockBytes;
  }
}
