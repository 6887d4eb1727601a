package dev.rocmforge.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged files: one line each, with the file, the place and both values. */
class DamagedGgufTest {
  private static final Path NAME = Path.of("damaged.gguf");

  @TempDir Path folder;

  private static RawGguf oneTensor(int type, long offset, long... dims) {
    return RawGguf.header(3, 1, 0).tensor("w", type, offset, dims).pad(32).data(128, 0);
  }

  private static RawGguf pair(String key, int type) {
    return RawGguf.header(3, 0, 1).key(key, type);
  }

  private static RawGguf arraysInArrays(int depth) {
    RawGguf raw = pair("k", 9);
    for (int i = 1; i < depth; i++) {
      raw.i32(9).i64(1);
    }
    return raw.i32(0).i64(1).i8(1);
  }

  static Stream<Arguments> damagedHeaders() {
    long huge = -1L >>> 1;
    return Stream.of(
        Arguments.of(new RawGguf(), "header at 0x0: 4 bytes needed, 0 left"),
        Arguments.of(
            new RawGguf().ascii("GGML").i32(3),
            "header at 0x0: magic 46554747 (GGUF) needed, 4c4d4747 found"),
        Arguments.of(
            new RawGguf().ascii("GGUF").i32(0x03000000),
            "version at 0x4: little-endian file needed, big-endian version 3 found"),
        Arguments.of(RawGguf.header(1, 0, 0), "version at 0x4: version 2 or 3 needed, 1 found"),
        Arguments.of(RawGguf.header(4, 0, 0), "version at 0x4: version 2 or 3 needed, 4 found"),
        Arguments.of(
            RawGguf.header(3, huge, 0),
            "tensor count at 0x8: 9223372036854775807 tensors stated, 0 at most fit the 8 bytes"
                + " left"),
        Arguments.of(
            RawGguf.header(3, 0, -1),
            "metadata count at 0x10: 18446744073709551615 metadata pairs stated, 0 at most fit the"
                + " 0 bytes left"),
        Arguments.of(
            RawGguf.header(3, 0, 1).i64(huge).data(20, 0),
            "metadata pair 0 of 1 at 0x18: 9223372036854775807 bytes of string stated, 20 at most"
                + " fit the 20 bytes left"),
        Arguments.of(
            RawGguf.header(3, 0, 1).i64(70_000).data(70_010, 0),
            "metadata pair 0 of 1 at 0x18: 70000 bytes of string stated, 65535 at most"));
  }

  static Stream<Arguments> damagedMetadata() {
    long huge = -1L >>> 1;
    return Stream.of(
        Arguments.of(
            pair("k", 8).i64(99),
            "metadata k at 0x25: 99 bytes of string stated, 0 at most fit" + " the 0 bytes left"),
        Arguments.of(
            pair("k", 8).i64(1 << 25).data(1 << 25, 0),
            "metadata k at 0x25: 33554432 bytes of string stated, 16777216 at most"),
        Arguments.of(
            pair("k", 9).i32(4).i64(huge),
            "metadata k at 0x29: 9223372036854775807 elements of UINT32 stated, 0 at most fit the"
                + " 0 bytes left"),
        Arguments.of(
            pair("k", 9).i32(8).i64(1L << 40).data(64, 0),
            "metadata k at 0x29: 1099511627776 elements of STRING stated, 8 at most fit the 64"
                + " bytes left"),
        Arguments.of(
            pair("k", 9).i32(0).i64((1 << 24) + 1).data((1 << 24) + 1, 0),
            "metadata k at 0x29: 16777217 elements stated, 16777216 at most"),
        Arguments.of(
            pair("k", 9).i32(8).i64(1).i64(huge),
            "metadata k at 0x31: 9223372036854775807 bytes of string stated, 0 at most fit the 0"
                + " bytes left"),
        Arguments.of(
            arraysInArrays(9), "metadata k at 0x85: arrays nested 8 deep at most, 9 found"),
        Arguments.of(
            pair("k", 13).i64(0),
            "metadata k at 0x21: one of the types [UINT8, INT8, UINT16, INT16, UINT32, INT32,"
                + " FLOAT32, BOOL, STRING, ARRAY, UINT64, INT64, FLOAT64] needed, type number 13"
                + " found"),
        Arguments.of(pair("k", 7).i8(2), "metadata k at 0x25: BOOL 0 or 1 needed, 2 found"),
        Arguments.of(
            pair("k", 9).i32(7).i64(2).i8(1).i8(3),
            "metadata k at 0x32: BOOL 0 or 1 needed, 3 found"),
        Arguments.of(
            RawGguf.header(3, 0, 2).u32("k", 1).u32("k", 2),
            "metadata k at 0x29: one value needed, a second found in pair 1"),
        Arguments.of(
            RawGguf.header(3, 0, 1).u32("general.alignment", 0),
            "metadata general.alignment: a power of two up to 1048576 needed, 0 found"),
        Arguments.of(
            RawGguf.header(3, 0, 1).u32("general.alignment", 48),
            "metadata general.alignment: a power of two up to 1048576 needed, 48 found"),
        Arguments.of(
            RawGguf.header(3, 0, 1).u32("general.alignment", 1 << 31),
            "metadata general.alignment: a power of two up to 1048576 needed, 2147483648 found"),
        Arguments.of(
            RawGguf.header(3, 0, 1).text("general.alignment", "32"),
            "metadata general.alignment: integer needed, STRING found"));
  }

  static Stream<Arguments> damagedTensors() {
    return Stream.of(
        Arguments.of(
            RawGguf.header(3, 2, 1).text("k", "a text of more than twenty-four bytes").i64(0),
            "tensor table at 0x8: 2 tensors stated, 8 bytes left for their table"),
        Arguments.of(
            oneTensor(0, 0, 1, 1, 1, 1, 1), "tensor w at 0x21: 4 dimensions at most, 5 stated"),
        Arguments.of(
            RawGguf.header(3, 1, 0).string("w").i32(-1).data(64, 0),
            "tensor w at 0x21: 4 dimensions at most, 4294967295 stated"),
        Arguments.of(
            oneTensor(0, 0, 4, 0),
            "tensor w at 0x2d: dimension 1 of 1 to 9223372036854775807 needed, 0 found"),
        Arguments.of(
            oneTensor(0, 0, -1),
            "tensor w at 0x25: dimension 0 of 1 to 9223372036854775807 needed,"
                + " 18446744073709551615 found"),
        Arguments.of(
            oneTensor(0, 0, 1L << 40, 1L << 40),
            "tensor w at 0x18: at most 9223372036854775807 bytes, shape [1099511627776,"
                + " 1099511627776] has more"),
        Arguments.of(
            oneTensor(0, 0, 1L << 61),
            "tensor w at 0x18: at most 9223372036854775807 bytes, shape [2305843009213693952] has"
                + " more"),
        Arguments.of(
            oneTensor(2, 0, 48),
            "tensor w at 0x18: rows of whole blocks of 32 needed for Q4_0, 48 wide found"),
        Arguments.of(
            oneTensor(4, 0, 32),
            "tensor w at 0x2d: one of the types [F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K,"
                + " Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, BF16] needed, type number 4 found"),
        Arguments.of(
            oneTensor(0, 16, 4), "tensor w at 0x31: offset of a multiple of 32 needed, 16 found"),
        Arguments.of(
            oneTensor(0, 96, 12),
            "tensor w at 0x31: 48 bytes from offset 96 needed, 128 bytes of weights in the file"),
        Arguments.of(
            oneTensor(0, -32, 4),
            "tensor w at 0x31: 16 bytes from offset 18446744073709551584 needed, 128 bytes of"
                + " weights in the file"),
        Arguments.of(
            RawGguf.header(3, 1, 0).tensor("w", 0, 0, 4),
            "tensor w at 0x31: 16 bytes from offset 0 needed, 0 bytes of weights in the file"),
        Arguments.of(
            RawGguf.header(3, 2, 0).tensor("w", 0, 0, 4).tensor("w", 0, 32, 4).data(128, 0),
            "tensor w at 0x39: one tensor of the name needed, a second found in entry 1"),
        Arguments.of(
            RawGguf.header(3, 2, 0).tensor("w", 0, 0, 16).tensor("v", 0, 32, 4).pad(32).data(96, 0),
            "tensor v at 0x80: begins before w ends at 0xa0"));
  }

  @ParameterizedTest
  @MethodSource({"damagedHeaders", "damagedMetadata", "damagedTensors"})
  void isRefusedInOneLine(RawGguf damaged, String message) {
    assertEquals(NAME + ": " + message, refusal(damaged.bytes()));
  }

  @Test
  void truncationAtEveryByte() {
    byte[] whole = RawGguf.small().bytes();
    GgufShard.parse(NAME, MemorySegment.ofArray(whole));
    for (int length = 0; length < whole.length; length++) {
      String message = refusal(Arrays.copyOf(whole, length));
      assertTrue(message.startsWith(NAME + ": "), message);
      assertFalse(message.contains("\n"), message);
    }
  }

  @Test
  void truncationOnTheDisk() {
    byte[] whole = RawGguf.small().bytes();
    for (int length = 0; length < whole.length; length += 37) {
      Path path = folder.resolve("cut" + length + ".gguf");
      int kept = length;
      assertThrows(
          InputException.class,
          () -> GgufFile.open(Files.write(path, Arrays.copyOf(whole, kept))).close());
    }
  }

  @Test
  void aLieCostsNoMemory() {
    // 64 KiB of zeros behind a count of strings: as many empty strings as really fit, no more.
    byte[] lie = pair("k", 9).i32(8).i64(8000).data(63_000, 0).bytes();
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    refusal(lie);
    long before = threads.getCurrentThreadAllocatedBytes();
    refusal(lie);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < 2L * lie.length, () -> allocated + " bytes for " + lie.length);
  }

  @Test
  void mutationsAreReadOrRefused() {
    byte[] whole = RawGguf.small().bytes();
    int refused = 0;
    for (long seed = 0; seed < 6000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] mutant = whole.clone();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        mutant[random.nextInt(mutant.length)] = mutation(random);
      }
      refused += readOrRefused(mutant) ? 0 : 1;
    }
    int count = refused;
    assertTrue(count > 1000 && count < 6000, () -> count + " of 6000 refused");
  }

  private static byte mutation(SplittableRandom random) {
    byte[] telling = {0, 1, -1, 127, -128, 9};
    return random.nextBoolean()
        ? telling[random.nextInt(telling.length)]
        : (byte) random.nextInt(256);
  }

  @Property(tries = 500, seed = "20260101")
  void anyBytesBehindTheMagicAreReadOrRefused(@ForAll @Size(max = 300) byte[] tail) {
    byte[] file = RawGguf.header(3, 1, 1).bytes();
    byte[] whole = Arrays.copyOf(file, file.length + tail.length);
    System.arraycopy(tail, 0, whole, file.length, tail.length);
    readOrRefused(whole);
  }

  /** Fails with whatever else escapes. */
  private static boolean readOrRefused(byte[] bytes) {
    try {
      GgufShard shard = GgufShard.parse(NAME, MemorySegment.ofArray(bytes));
      GgufSplit.of(shard);
      return shard.metadata().values().toString() != null;
    } catch (InputException refusal) {
      assertTrue(refusal.getMessage().startsWith(NAME + ": "), refusal.getMessage());
      return false;
    }
  }

  private static String refusal(byte[] bytes) {
    return assertThrows(
            InputException.class, () -> GgufShard.parse(NAME, MemorySegment.ofArray(bytes)))
        .getMessage();
  }

  @Test
  void whatIsNoFile() throws IOException {
    Path missing = folder.resolve("missing.gguf");
    assertEquals(
        missing + ": open: a GGUF file needed, there is no such file", openRefusal(missing));
    assertEquals(folder + ": open: a GGUF file needed, a directory found", openRefusal(folder));
    Path empty = Files.createFile(folder.resolve("empty.gguf"));
    assertEquals(empty + ": header at 0x0: 4 bytes needed, 0 left", openRefusal(empty));
    assertEquals(
        "m.gguf: open: a GGUF file needed, permission to read denied",
        GgufFile.unreadable(Path.of("m.gguf"), new AccessDeniedException("m.gguf")).getMessage());
  }

  private static String openRefusal(Path path) {
    return assertThrows(InputException.class, () -> GgufFile.open(path).close()).getMessage();
  }
}
