package dev.rocmforge.engine.rfm;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Q4_0 blocks by planes: the same numbers in another order, so nothing is lost either way.
 *
 * <pre>
 * Q4Split, n blocks:     n x f16 scale | n x u16 zero point (0) | n x 16 nibble bytes
 * Q4FusedGateUp:         the same three planes; block g of gate, block g of up follow one another
 *                        in groups of eight: 8 gate, 8 up, 8 gate, ...
 * </pre>
 */
final class Q4Split {
  /** Weights of eight blocks, the least that files store. */
  static final long GROUP = 256;

  static final long GROUP_BYTES = 160;

  private static final int EIGHT = 8;
  private static final int NIBBLES = 16;
  private static final int BLOCK = QuantType.Q4_0.blockBytes();

  private Q4Split() {}

  /**
   * Planes to blocks.
   *
   * @param place the tensor, for messages
   * @param blocks receives {@code n} blocks
   * @throws InputException if a scale is not finite or a zero point is not 0
   */
  static void join(String place, MemorySegment planes, long n, MemorySegment blocks) {
    for (long block = 0; block < n; block++) {
      join(place, planes, n, block, blocks, block);
    }
  }

  /** Fused planes to the blocks of gate and up, {@code n} each. */
  static void unfuse(
      String place, MemorySegment planes, long n, MemorySegment gate, MemorySegment up) {
    for (long block = 0; block < n; block++) {
      long at = block / EIGHT * 2 * EIGHT + block % EIGHT;
      join(place, planes, 2 * n, at, gate, block);
      join(place, planes, 2 * n, at + EIGHT, up, block);
    }
  }

  private static void join(
      String place, MemorySegment planes, long n, long from, MemorySegment blocks, long to) {
    short scale = planes.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * from);
    short zero = planes.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * (n + from));
    if (!Float.isFinite(Float.float16ToFloat(scale))) {
      throw new InputException(
          "%s: scale %d: a finite number needed, %s found"
              .formatted(place, from, Float.float16ToFloat(scale)));
    }
    if (zero != 0) {
      throw new InputException(
          "%s: zero point %d: 0 needed, %d found".formatted(place, from, zero));
    }
    blocks.set(ValueLayout.JAVA_SHORT_UNALIGNED, to * BLOCK, scale);
    MemorySegment.copy(planes, 4 * n + NIBBLES * from, blocks, to * BLOCK + 2, NIBBLES);
  }

  /** Blocks to planes. */
  static MemorySegment split(MemorySegment blocks) {
    long n = blocks.byteSize() / BLOCK;
    MemorySegment planes = MemorySegment.ofArray(new byte[Math.toIntExact(n * 20)]);
    for (long block = 0; block < n; block++) {
      put(blocks, block, planes, n, block);
    }
    return planes;
  }

  /** Blocks of gate and up to fused planes. */
  static MemorySegment fuse(MemorySegment gate, MemorySegment up) {
    long n = gate.byteSize() / BLOCK;
    MemorySegment planes = MemorySegment.ofArray(new byte[Math.toIntExact(n * 40)]);
    for (long block = 0; block < n; block++) {
      long at = block / EIGHT * 2 * EIGHT + block % EIGHT;
      put(gate, block, planes, 2 * n, at);
      put(up, block, planes, 2 * n, at + EIGHT);
    }
    return planes;
  }

  private static void put(MemorySegment blocks, long from, MemorySegment planes, long n, long to) {
    MemorySegment.copy(blocks, from * BLOCK, planes, 2 * to, 2);
    MemorySegment.copy(blocks, from * BLOCK + 2, planes, 4 * n + NIBBLES * to, NIBBLES);
  }
}
