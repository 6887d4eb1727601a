package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * How blocks of a weight format lie in panels: what stands beside the codes, half-precision and
 * small whole numbers, and what scales they make. Loses nothing: a panel holds the bits of its
 * rows.
 */
interface PanelFormat {
  /** The kind of its codes' words. */
  PanelKind kind();

  /** Its codes' words. */
  default PanelWords words() {
    return kind().words();
  }

  /** Columns of a block. */
  int block();

  /** Half-precision numbers of a block. */
  int halves();

  /** Bytes of a block beside codes and halves. */
  int small();

  /** Whether weights have an offset beside the scale. */
  boolean offsets();

  /**
   * Puts a block of a row into its panel.
   *
   * @param weights the matrix
   * @param at byte offset of the block
   */
  void pack(MemorySegment weights, long at, PanelCursor to);

  /**
   * Makes the scales and offsets of groups. An offset is what the sum of a group's activations is
   * multiplied by when codes count from their middle.
   *
   * @param panels has the small numbers from {@code small} on, {@code [block][number][row]}
   * @param own has the halves, and receives scales and offsets
   */
  void scales(MemorySegment panels, long small, int blocks, PanelScratch own);

  /** The panels of a format, where it has any. */
  static Optional<PanelFormat> of(QuantType type) {
    return switch (type) {
      case Q4_0 -> Optional.of(new PlainPanels(PanelKind.NIBBLES, NibbleWords.SIGN, false));
      case Q4_1 -> Optional.of(new PlainPanels(PanelKind.NIBBLES, NibbleWords.SIGN, true));
      case Q8_0 -> Optional.of(new PlainPanels(PanelKind.BYTES, ByteWords.SIGNS, false));
      case Q4_K -> Optional.of(new Q4_KPanels());
      case Q6_K -> Optional.of(new Q6_KPanels());
      case F32, F16, BF16, Q5_0, Q5_1, Q2_K, Q3_K, Q5_K, IQ4_NL -> Optional.empty();
    };
  }
}
