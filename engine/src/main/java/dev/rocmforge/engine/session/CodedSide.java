package dev.rocmforge.engine.session;

import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import java.util.Arrays;

/**
 * Keys or values as codes with scales. Heads of a turned type are stored, and read, turned: {@link
 * #prepareQuery} makes a query that fits, {@link #turnBack} undoes it in a sum of values. Leading
 * positions may be kept in full precision, turned as well.
 */
public final class CodedSide extends KvSide {
  private final int length;
  private final int heads;
  private final int codeBytes;
  private final int headScales;
  private final KvCode code;
  private final HeadRotation rotation;
  private final SignedResidual residual;
  private final int full;
  private final float[][] first;
  private final byte[][][] codes;
  private final short[][][] scales;
  private final byte[][][] signs;
  private final short[][][] norms;
  private final float[] head;
  private final float[] decoded;
  private final float[] spare;

  /**
   * @param correction whether to keep the sign of what rounding takes
   */
  CodedSide(
      KvType type,
      KvStorage storage,
      boolean correction,
      int layers,
      int heads,
      int length,
      int capacity) {
    super(heads * length);
    this.heads = heads;
    this.length = length;
    codeBytes = type.codeBytes(length);
    headScales = type.scales(length);
    code = KvCode.of(type);
    rotation = type.turned() ? new HeadRotation(length, storage.seed()) : null;
    residual = correction ? new SignedResidual(length, storage.seed()) : null;
    full = Math.min(storage.full(), capacity);
    first = new float[layers][full * width()];
    int blocks = KvCache.blocksFor(capacity);
    codes = new byte[layers][blocks][];
    scales = new short[layers][blocks][];
    signs = new byte[layers][blocks][];
    norms = new short[layers][blocks][];
    head = new float[length];
    decoded = new float[length];
    spare = new float[length];
  }

  /** Floats of a head as {@link #read} gives it: the head, and with a correction its residual. */
  public int readLength() {
    return residual == null ? length : 2 * length;
  }

  /**
   * Makes of a query head what the heads of {@link #read} are multiplied by.
   *
   * @param to {@link #readLength} floats from {@code at} on
   * @param scratch at least a head
   */
  public void prepareQuery(float[] query, int from, float[] to, int at, float[] scratch) {
    System.arraycopy(query, from, to, at, length);
    if (rotation != null) {
      rotation.turn(to, at, scratch);
    }
    if (residual != null) {
      residual.project(to, at, to, at + length);
    }
  }

  /** Makes of a sum of heads that {@link #read} gave the sum of the heads that were stored. */
  public void turnBack(float[] x, int at, float[] scratch) {
    if (rotation != null) {
      rotation.turnBack(x, at, scratch);
    }
  }

  /**
   * Reads a head of some positions of one block.
   *
   * @param to {@code [count][readLength]}
   */
  public void read(int layer, int position, int count, int index, float[] to) {
    for (int t = 0; t < count; t++) {
      read(layer, position + t, index, to, t * readLength());
    }
  }

  private void read(int layer, int position, int index, float[] to, int at) {
    if (position < full) {
      System.arraycopy(first[layer], position * width() + index * length, to, at, length);
      if (residual != null) {
        Arrays.fill(to, at + length, at + 2 * length, 0);
      }
      return;
    }
    int block = position / KvCache.BLOCK;
    int slot = position % KvCache.BLOCK * heads + index;
    code.decode(
        codes[layer][block],
        slot * codeBytes,
        scales[layer][block],
        slot * headScales,
        length,
        to,
        at);
    if (residual != null) {
      residual.decode(
          signs[layer][block],
          slot * residual.signBytes(),
          norms[layer][block][slot],
          to,
          at + length);
    }
  }

  /** An element of what was stored, turned back; a correction is of scores and left out. */
  @Override
  public float element(int layer, int position, int element) {
    float[] one = new float[readLength()];
    read(layer, position, element / length, one, 0);
    turnBack(one, 0, new float[length]);
    return one[element % length];
  }

  @Override
  void store(int layer, int position, float[] from, int at) {
    int block = position / KvCache.BLOCK;
    for (int index = 0; index < heads; index++) {
      System.arraycopy(from, at + index * length, head, 0, length);
      if (rotation != null) {
        rotation.turn(head, 0, spare);
      }
      if (position < full) {
        System.arraycopy(head, 0, first[layer], position * width() + index * length, length);
        continue;
      }
      int slot = position % KvCache.BLOCK * heads + index;
      code.encode(
          head,
          0,
          length,
          codes[layer][block],
          slot * codeBytes,
          scales[layer][block],
          slot * headScales);
      if (residual != null) {
        keepResidual(layer, block, slot);
      }
    }
  }

  private void keepResidual(int layer, int block, int slot) {
    code.decode(
        codes[layer][block],
        slot * codeBytes,
        scales[layer][block],
        slot * headScales,
        length,
        decoded,
        0);
    for (int i = 0; i < length; i++) {
      decoded[i] = head[i] - decoded[i];
    }
    norms[layer][block][slot] =
        residual.encode(decoded, signs[layer][block], slot * residual.signBytes());
  }

  @Override
  void allocate(int block) {
    int slots = KvCache.BLOCK * heads;
    for (int layer = 0; layer < codes.length; layer++) {
      codes[layer][block] = new byte[slots * codeBytes];
      scales[layer][block] = new short[slots * headScales];
      if (residual != null) {
        signs[layer][block] = new byte[slots * residual.signBytes()];
        norms[layer][block] = new short[slots];
      }
    }
  }
}
