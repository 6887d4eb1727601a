package dev.rocmforge.engine.gguf;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One file of a model, parsed: what stands before the weights, which are not read.
 *
 * <pre>
 * "GGUF" | u32 version | u64 tensors | u64 pairs
 * pairs:   string key | u32 type | value
 * tensors: string name | u32 n_dims | u64 dims[n_dims] | u32 type | u64 offset
 * padding to general.alignment, then the weights; offsets count from here
 * </pre>
 *
 * <p>Source: the GGUF page of the ggml documentation. Version 2 and 3 differ in that 3 allows
 * big-endian files, which are refused.
 */
record GgufShard(Path file, int version, GgufMetadata metadata, List<GgufTensor> tensors) {
  static final int MAGIC = 0x46554747;
  static final String ALIGNMENT = "general.alignment";
  static final int DEFAULT_ALIGNMENT = 32;
  static final int LARGEST_ALIGNMENT = 1 << 20;
  static final int MOST_DIMS = 4;
  static final int LONGEST_NAME = 0xFFFF;
  private static final int LEAST_PAIR_BYTES = 8 + 4 + 1;
  private static final int LEAST_TENSOR_BYTES = 8 + 4 + 4 + 8;

  /** What the table says of a tensor before the beginning of the weights is known. */
  private record Entry(
      String name, QuantType type, List<Long> shape, long bytes, long offset, long at) {}

  /**
   * @param bytes the whole file
   * @throws InputException if the file is damaged
   */
  static GgufShard parse(Path file, MemorySegment bytes) {
    GgufCursor cursor = new GgufCursor(file, bytes);
    int version = version(cursor);
    cursor.enter("tensor count");
    long tensorCountAt = cursor.position();
    long tensorCount = cursor.count("tensors", LEAST_TENSOR_BYTES);
    cursor.enter("metadata count");
    long pairCount = cursor.count("metadata pairs", LEAST_PAIR_BYTES);
    GgufMetadata metadata = new GgufMetadata(file, pairs(cursor, pairCount));
    int alignment = alignment(metadata);
    cursor.enter("tensor table");
    if (tensorCount > cursor.left() / LEAST_TENSOR_BYTES) {
      throw cursor.refuse(
          tensorCountAt,
          tensorCount + " tensors stated, " + cursor.left() + " bytes left for their table");
    }
    List<Entry> entries = entries(cursor, tensorCount, alignment);
    long dataStart = Math.ceilDiv(cursor.position(), alignment) * (long) alignment;
    List<GgufTensor> tensors = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      tensors.add(place(file, bytes, dataStart, entry));
    }
    refuseOverlap(tensors);
    return new GgufShard(file, version, metadata, List.copyOf(tensors));
  }

  private static int version(GgufCursor cursor) {
    int magic = cursor.i32();
    if (magic != MAGIC) {
      throw cursor.refuse(0, String.format("magic %08x (GGUF) needed, %08x found", MAGIC, magic));
    }
    cursor.enter("version");
    int version = cursor.i32();
    int swapped = Integer.reverseBytes(version);
    if (swapped > 0 && swapped <= 3) {
      throw cursor.refuse(4, "little-endian file needed, big-endian version " + swapped + " found");
    }
    if (version != 2 && version != 3) {
      throw cursor.refuse(
          4, "version 2 or 3 needed, " + Integer.toUnsignedString(version) + " found");
    }
    return version;
  }

  private static Map<String, GgufValue> pairs(GgufCursor cursor, long count) {
    GgufValueReader reader = new GgufValueReader(cursor);
    Map<String, GgufValue> pairs = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      cursor.enter("metadata pair " + i + " of " + count);
      long at = cursor.position();
      String key = cursor.text(LONGEST_NAME);
      cursor.enter("metadata " + key);
      if (pairs.put(key, reader.read()) != null) {
        throw cursor.refuse(at, "one value needed, a second found in pair " + i);
      }
    }
    return pairs;
  }

  /** Alignment of the weights as the metadata has it. */
  static int alignment(GgufMetadata metadata) {
    long alignment = metadata.integer(ALIGNMENT).orElse(DEFAULT_ALIGNMENT);
    if (Long.bitCount(alignment) != 1 || alignment < 0 || alignment > LARGEST_ALIGNMENT) {
      throw new InputException(
          metadata.file()
              + ": metadata "
              + ALIGNMENT
              + ": a power of two up to "
              + LARGEST_ALIGNMENT
              + " needed, "
              + alignment
              + " found");
    }
    return (int) alignment;
  }

  private static List<Entry> entries(GgufCursor cursor, long count, int alignment) {
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (long i = 0; i < count; i++) {
      cursor.enter("tensor " + i + " of " + count);
      long at = cursor.position();
      String name = cursor.text(LONGEST_NAME);
      cursor.enter("tensor " + name);
      if (!names.add(name)) {
        throw cursor.refuse(at, "one tensor of the name needed, a second found in entry " + i);
      }
      List<Long> shape = shape(cursor);
      QuantType type = type(cursor);
      long bytes = bytes(cursor, at, shape, type);
      long offsetAt = cursor.position();
      long offset = cursor.i64();
      if (Long.remainderUnsigned(offset, alignment) != 0) {
        throw cursor.refuse(
            offsetAt,
            "offset of a multiple of "
                + alignment
                + " needed, "
                + Long.toUnsignedString(offset)
                + " found");
      }
      entries.add(new Entry(name, type, shape, bytes, offset, offsetAt));
    }
    return entries;
  }

  /** One to four positive dimensions; none at all is a single weight. */
  private static List<Long> shape(GgufCursor cursor) {
    long at = cursor.position();
    int count = cursor.i32();
    if (count < 0 || count > MOST_DIMS) {
      throw cursor.refuse(
          at, MOST_DIMS + " dimensions at most, " + Integer.toUnsignedString(count) + " stated");
    }
    List<Long> shape = new ArrayList<>(MOST_DIMS);
    for (int i = 0; i < count; i++) {
      long dimAt = cursor.position();
      long dim = cursor.i64();
      if (dim <= 0) {
        throw cursor.refuse(
            dimAt,
            "dimension "
                + i
                + " of 1 to "
                + Long.MAX_VALUE
                + " needed, "
                + Long.toUnsignedString(dim)
                + " found");
      }
      shape.add(dim);
    }
    return shape.isEmpty() ? List.of(1L) : shape;
  }

  private static QuantType type(GgufCursor cursor) {
    long at = cursor.position();
    int number = cursor.i32();
    return QuantType.ofGgml(number)
        .orElseThrow(
            () ->
                cursor.refuse(
                    at,
                    "one of the types "
                        + List.of(QuantType.values())
                        + " needed, type number "
                        + Integer.toUnsignedString(number)
                        + " found"));
  }

  private static long bytes(GgufCursor cursor, long at, List<Long> shape, QuantType type) {
    if (shape.getFirst() % type.blockSize() != 0) {
      throw cursor.refuse(
          at,
          "rows of whole blocks of "
              + type.blockSize()
              + " needed for "
              + type
              + ", "
              + shape.getFirst()
              + " wide found");
    }
    try {
      long blocks = shape.getFirst() / type.blockSize();
      for (long dim : shape.subList(1, shape.size())) {
        blocks = Math.multiplyExact(blocks, dim);
      }
      // The number of weights must fit too, for whoever multiplies the dimensions.
      Math.multiplyExact(blocks, type.blockSize());
      return Math.multiplyExact(blocks, type.blockBytes());
    } catch (ArithmeticException overflow) {
      throw new InputException(
          cursor
              .refuse(at, "at most " + Long.MAX_VALUE + " bytes, shape " + shape + " has more")
              .getMessage(),
          overflow);
    }
  }

  private static GgufTensor place(Path file, MemorySegment bytes, long dataStart, Entry entry) {
    long room = bytes.byteSize() - dataStart;
    if (entry.offset() < 0 || entry.offset() > room || entry.bytes() > room - entry.offset()) {
      throw new InputException(
          file
              + ": tensor "
              + entry.name()
              + " at 0x"
              + Long.toHexString(entry.at())
              + ": "
              + entry.bytes()
              + " bytes from offset "
              + Long.toUnsignedString(entry.offset())
              + " needed, "
              + Math.max(0, room)
              + " bytes of weights in the file");
    }
    long offset = dataStart + entry.offset();
    return new GgufTensor(
        entry.name(),
        entry.type(),
        entry.shape(),
        bytes.asSlice(offset, entry.bytes()),
        file,
        offset);
  }

  private static void refuseOverlap(List<GgufTensor> tensors) {
    List<GgufTensor> byOffset = new ArrayList<>(tensors);
    byOffset.sort(Comparator.comparingLong(GgufTensor::offset));
    for (int i = 1; i < byOffset.size(); i++) {
      GgufTensor before = byOffset.get(i - 1);
      GgufTensor after = byOffset.get(i);
      long end = before.offset() + before.data().byteSize();
      if (after.offset() < end) {
        throw new InputException(
            after.file()
                + ": tensor "
                + after.name()
                + " at 0x"
                + Long.toHexString(after.offset())
                + ": begins before "
                + before.name()
                + " ends at 0x"
                + Long.toHexString(end));
      }
    }
  }
}
