package dev.rocmforge.engine.quant;

import java.util.Arrays;
import java.util.Optional;

/**
 * The table of weight formats: ggml's type number, weights a block, bytes a block. Everything that
 * depends on a format enumerates this table.
 */
public enum QuantType {
  F32(0, 1, 4),
  F16(1, 1, 2),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q2_K(10, 256, 84),
  Q3_K(11, 256, 110),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  IQ4_NL(20, 32, 18),
  BF16(30, 1, 2);

  private final int ggmlType;
  private final int blockSize;
  private final int blockBytes;

  QuantType(int ggmlType, int blockSize, int blockBytes) {
    this.ggmlType = ggmlType;
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
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

  /** Bytes of {@code weights} weights, a whole number of blocks. */
  public long bytes(long weights) {
    assert weights % blockSize == 0
        : name() + ": " + weights + " weights are no whole number of blocks of " + blockSize;
    return weights / blockSize * blockBytes;
  }
}
