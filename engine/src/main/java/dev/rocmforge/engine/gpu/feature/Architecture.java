package dev.rocmforge.engine.gpu.feature;

import java.util.List;
import java.util.Optional;

/**
 * One row of the table of architectures.
 *
 * @param name {@code gfx1101}, or {@code sm_90}
 * @param family the marketing generation, for people
 * @param dot4 the dot product of four bytes
 * @param dot2 whether there is a dot product of two halves with an f32 sum
 * @param matrix the matrix instruction
 * @param waves lanes of a wave, the compiler's default first
 * @param products examples of devices, for people
 */
public record Architecture(
    String name,
    String family,
    Dot4 dot4,
    boolean dot2,
    Matrix matrix,
    List<Integer> waves,
    List<String> products) {
  /** The instruction behind a dot product of four signed bytes; the builtins exclude each other. */
  public enum Dot4 {
    NONE,
    SDOT4,
    SUDOT4,
    /** PTX {@code dp4a}, on the stand-in for NVIDIA's cards. */
    DP4A
  }

  /** The instruction behind a 16x16x16 product of halves; needs waves of 32. */
  public enum Matrix {
    NONE,
    /** RDNA3's builtins and lane map. */
    GFX11,
    /** RDNA4's builtins and lane map. */
    GFX12,
    /** PTX {@code mma.m16n8k16}, on the stand-in for NVIDIA's cards. */
    MMA
  }

  private static final int DP4A_FROM = 61;
  private static final int MMA_FROM = 80;

  public Architecture {
    waves = List.copyOf(waves);
    products = List.copyOf(products);
  }

  /** The row of an architecture without feature suffixes; empty for one that is not supported. */
  public static Optional<Architecture> of(String name) {
    return name.startsWith("sm_")
        ? nvidia(name)
        : ArchitectureTable.rows().stream().filter(row -> row.name().equals(name)).findFirst();
  }

  /** All AMD rows, in the order of the table. */
  public static List<Architecture> all() {
    return ArchitectureTable.rows();
  }

  /** From the PTX manual: dp4a since sm_61, mma of halves with f32 sums since sm_80. */
  private static Optional<Architecture> nvidia(String name) {
    String digits = name.substring(3).replaceAll("[af]$", "");
    if (!digits.matches("[0-9]{2,3}")) {
      return Optional.empty();
    }
    int number = Integer.parseInt(digits);
    return Optional.of(
        new Architecture(
            name,
            "NVIDIA",
            number >= DP4A_FROM ? Dot4.DP4A : Dot4.NONE,
            false,
            number >= MMA_FROM ? Matrix.MMA : Matrix.NONE,
            List.of(32),
            List.of()));
  }
}
