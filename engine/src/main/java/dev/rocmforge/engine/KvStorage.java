package dev.rocmforge.engine;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a session keeps keys and values. Written {@code TYPE}, or {@code KEYS/VALUES}, followed by
 * {@code +qjl} for {@link #correction}, {@code +fullN} for {@link #full} and {@code +seedN} for
 * another {@link #seed} than 1: {@code turbo4}, {@code turbo4/f16}, {@code turbo3+qjl+full1}.
 *
 * @param correction whether a sign of every coordinate of a random projection of what rounding took
 *     from a key is kept, which makes scores unbiased; coded keys that are turned only
 * @param full how many leading positions are kept in f32 beside the coded ones
 * @param seed of the rotation and the projection
 */
public record KvStorage(KvType keys, KvType values, boolean correction, int full, long seed) {
  /** The seed that is taken unless another is given. */
  public static final long SEED = 1;

  /** Most positions in full precision. */
  private static final int MOST_FULL = 256;

  private static final String CORRECTION = "qjl";
  private static final String FULL = "full";
  private static final String OTHER_SEED = "seed";

  public KvStorage {
    if (correction && !keys.turned()) {
      throw new InputException(
          "KV cache: +qjl needs keys in turbo2, turbo3 or turbo4, %s given".formatted(keys.word()));
    }
    if (full < 0 || full > MOST_FULL) {
      throw new InputException(
          "KV cache: 0 to %d positions in full precision, %d given".formatted(MOST_FULL, full));
    }
    if (full > 0 && !(keys.coded() || values.coded())) {
      throw new InputException(
          "KV cache: +full needs a coded type, %s given".formatted(word(keys, values)));
    }
    if (seed != SEED && !keys.turned() && !values.turned()) {
      throw new InputException(
          "KV cache: +seed needs turbo2, turbo3 or turbo4, %s given".formatted(word(keys, values)));
    }
  }

  /** Keys and values alike. */
  public static KvStorage of(KvType type) {
    return new KvStorage(type, type, false, 0, SEED);
  }

  /** Keys and values apart. */
  public static KvStorage of(KvType keys, KvType values) {
    return new KvStorage(keys, values, false, 0, SEED);
  }

  /**
   * @throws InputException if the word names no storage
   */
  public static KvStorage parse(String word) {
    String[] parts = word.toLowerCase(Locale.ROOT).split("\\+", -1);
    String[] types = parts[0].split("/", -1);
    if (types.length > 2) {
      throw unknown(word);
    }
    KvType keys = type(types[0]).orElseThrow(() -> unknown(word));
    KvType values = type(types[types.length - 1]).orElseThrow(() -> unknown(word));
    boolean correction = false;
    int full = 0;
    long seed = SEED;
    for (String part : parts) {
      if (part.equals(parts[0])) {
        continue;
      }
      if (part.equals(CORRECTION)) {
        correction = true;
      } else if (part.matches(FULL + "\\d{1,4}")) {
        full = Integer.parseInt(part.substring(FULL.length()));
      } else if (part.matches(OTHER_SEED + "\\d{1,18}")) {
        seed = Long.parseLong(part.substring(OTHER_SEED.length()));
      } else {
        throw unknown(word);
      }
    }
    return new KvStorage(keys, values, correction, full, seed);
  }

  private static Optional<KvType> type(String word) {
    return Arrays.stream(KvType.values()).filter(type -> type.word().equals(word)).findFirst();
  }

  private static InputException unknown(String word) {
    return new InputException(
        "KV cache: %s, or two of them as KEYS/VALUES, then +qjl, +fullN and +seedN if wanted; '%s' given"
            .formatted(
                Arrays.stream(KvType.values()).map(KvType::word).collect(Collectors.joining(", ")),
                word));
  }

  private static String word(KvType keys, KvType values) {
    return keys == values ? keys.word() : keys.word() + "/" + values.word();
  }

  /** The word used on the command line and in records. */
  public String word() {
    return word(keys, values)
        + (correction ? "+" + CORRECTION : "")
        + (full > 0 ? "+" + FULL + full : "")
        + (seed == SEED ? "" : "+" + OTHER_SEED + seed);
  }

  public KvStorage withSeed(long other) {
    return new KvStorage(keys, values, correction, full, other);
  }

  /** Whether any head is turned, so that the seed has a meaning. */
  public boolean turned() {
    return keys.turned() || values.turned();
  }

  /** Bytes of a position of one layer, without the positions in full precision. */
  public long bytes(int kvHeads, int keyLength, int valueLength) {
    int extra = correction ? 2 + (keyLength + 7) / 8 : 0;
    return (long) kvHeads * (keys.bytes(keyLength) + extra + values.bytes(valueLength));
  }

  @Override
  public String toString() {
    return word();
  }
}
