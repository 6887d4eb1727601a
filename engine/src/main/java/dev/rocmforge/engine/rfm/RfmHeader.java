package dev.rocmforge.engine.rfm;

import dev.rocmforge.engine.InputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The first 24 bytes, little-endian.
 *
 * <pre>
 *  0  "RFM\0"   4  u32 version   8  u64 bytes of the metadata   16  u64 bytes of the tensor table
 * 24  metadata, tensor table (padded with spaces), payload
 * </pre>
 *
 * @param metadataBytes of UTF-8 JSON after the header
 * @param tableBytes of UTF-8 JSON after the metadata, padding included
 */
record RfmHeader(long metadataBytes, long tableBytes) {
  static final int BYTES = 24;
  static final int VERSION = 1;

  /** {@code RFM\0} as a little-endian number. */
  static final int MAGIC = 'R' | 'F' << 8 | 'M' << 16;

  /** Most bytes of each JSON part. The largest vocabularies in use need a fifth of it. */
  static final long MOST_JSON = 64L << 20;

  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * @throws InputException if the bytes are no header or promise more than the file has
   */
  static RfmHeader parse(Path path, MemorySegment file) {
    if (file.byteSize() < BYTES) {
      throw new InputException(
          "%s: header: %d bytes needed, %d left".formatted(path, BYTES, file.byteSize()));
    }
    if (file.get(INT, 0) != MAGIC) {
      throw new InputException(
          "%s: header at 0x0: RFM\\0 needed, 0x%08x found".formatted(path, file.get(INT, 0)));
    }
    int version = file.get(INT, 4);
    if (version != VERSION) {
      throw new InputException(
          "%s: header at 0x4: version %d needed, %s found"
              .formatted(path, VERSION, Integer.toUnsignedString(version)));
    }
    var header = new RfmHeader(file.get(LONG, 8), file.get(LONG, 16));
    check(path, "metadata", 8, header.metadataBytes, file.byteSize() - BYTES);
    check(
        path,
        "tensor table",
        16,
        header.tableBytes,
        file.byteSize() - BYTES - header.metadataBytes);
    return header;
  }

  private static void check(Path path, String part, int at, long bytes, long left) {
    if (bytes < 0 || bytes > MOST_JSON) {
      throw new InputException(
          "%s: header at 0x%x: %s of at most %d bytes needed, %s found"
              .formatted(path, at, part, MOST_JSON, Long.toUnsignedString(bytes)));
    }
    if (bytes > left) {
      throw new InputException(
          "%s: header at 0x%x: %s: %d bytes needed, %d left"
              .formatted(path, at, part, bytes, left));
    }
  }

  /** Where the tensor table begins. */
  long tableStart() {
    return BYTES + metadataBytes;
  }

  /** Where the payload begins: offsets of tensors count from here. */
  long payloadStart() {
    return tableStart() + tableBytes;
  }

  byte[] bytes() {
    var bytes = new byte[BYTES];
    MemorySegment out = MemorySegment.ofArray(bytes);
    out.set(INT, 0, MAGIC);
    out.set(INT, 4, VERSION);
    out.set(LONG, 8, metadataBytes);
    out.set(LONG, 16, tableBytes);
    return bytes;
  }
}
