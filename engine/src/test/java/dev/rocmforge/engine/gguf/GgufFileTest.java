package dev.rocmforge.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.quant.QuantType;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {
  @TempDir Path folder;

  @Test
  void tensorsLieWhereTheTableSays() {
    Path path = RawGguf.small().write(folder.resolve("small.gguf"));
    try (GgufFile file = GgufFile.open(path)) {
      assertEquals(List.of("w", "v"), file.tensors().stream().map(GgufTensor::name).toList());
      GgufTensor w = file.tensor("w").orElseThrow();
      assertEquals(QuantType.Q4_0, w.type());
      assertEquals(List.of(32L, 2L), w.shape());
      assertEquals(2, w.rows());
      assertEquals(36, w.data().byteSize());
      assertEquals(0, w.offset() % 64);
      assertEquals(1, w.data().get(ValueLayout.JAVA_BYTE, 0));
      GgufTensor v = file.tensor("v").orElseThrow();
      assertEquals(w.offset() + 64, v.offset());
      assertEquals(12, v.data().byteSize());
      assertEquals(111, v.data().get(ValueLayout.JAVA_BYTE, 11));
      assertTrue(v.data().isReadOnly());
      assertTrue(file.tensor("none").isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void everyMetadataType(int version) {
    RawGguf raw = RawGguf.header(version, 0, 14);
    raw.key("u8", 0).i8(255).key("i8", 1).i8(-2).key("u16", 2).i16(65535).key("i16", 3).i16(-3);
    raw.key("u32", 4).i32(-1).key("i32", 5).i32(-4).key("f32", 6).f32(0.1f).key("bool", 7).i8(1);
    raw.key("string", 8).string("gr\u00fc\u00df").key("u64", 10).i64(-1).key("i64", 11).i64(-5);
    raw.key("f64", 12).f64(0.1).key("empty", 9).i32(8).i64(0);
    raw.key("nested", 9).i32(9).i64(1).i32(9).i64(1).i32(12).i64(1).f64(2.5);
    try (GgufFile file = GgufFile.open(raw.write(folder.resolve("types.gguf")))) {
      GgufMetadata metadata = file.metadata();
      assertEquals(version, file.version());
      assertEquals(14, metadata.keys().size());
      assertEquals(OptionalLong.of(255), metadata.integer("u8"));
      assertEquals(OptionalLong.of(-2), metadata.integer("i8"));
      assertEquals(OptionalLong.of(65535), metadata.integer("u16"));
      assertEquals(OptionalLong.of(-3), metadata.integer("i16"));
      assertEquals(OptionalLong.of(0xFFFF_FFFFL), metadata.integer("u32"));
      assertEquals(OptionalLong.of(-4), metadata.integer("i32"));
      assertEquals(0.1f, metadata.number("f32").orElseThrow());
      assertEquals(0.1, metadata.number("f64").orElseThrow());
      assertEquals(255.0, metadata.number("u8").orElseThrow());
      assertEquals(true, metadata.flag("bool").orElseThrow());
      assertEquals("gr\u00fc\u00df", metadata.text("string").orElseThrow());
      assertEquals(OptionalLong.of(-5), metadata.integer("i64"));
      assertEquals("18446744073709551615", metadata.value("u64").toString());
      assertTrue(refusal(() -> metadata.integer("u64")).contains("18446744073709551615"));
      assertEquals(List.of(), metadata.texts("empty"));
      assertEquals(0, metadata.integers("empty").length);
      GgufValue.Nested outer = (GgufValue.Nested) metadata.value("nested");
      GgufValue.Nested middle = (GgufValue.Nested) outer.arrays().getFirst();
      assertEquals(2.5, ((GgufNumbers) middle.arrays().getFirst()).number(0));
    }
  }

  @Test
  void everyArrayOfNumbers() {
    RawGguf raw = RawGguf.header(3, 0, 10);
    raw.key("0", 9).i32(0).i64(1).i8(255).key("1", 9).i32(1).i64(1).i8(-1);
    raw.key("2", 9).i32(2).i64(1).i16(65535).key("3", 9).i32(3).i64(1).i16(-1);
    raw.key("4", 9).i32(4).i64(1).i32(9).key("5", 9).i32(5).i64(2).i32(-9).i32(8);
    raw.key("10", 9).i32(10).i64(1).i64(3).key("11", 9).i32(11).i64(1).i64(1L << 31);
    raw.key("6", 9).i32(6).i64(1).f32(0.25f).key("12", 9).i32(12).i64(1).f64(0.75);
    try (GgufFile file = GgufFile.open(raw.write(folder.resolve("arrays.gguf")))) {
      GgufMetadata metadata = file.metadata();
      assertArrayEquals(new int[] {255}, metadata.integers("0"));
      assertArrayEquals(new int[] {-1}, metadata.integers("1"));
      assertArrayEquals(new int[] {65535}, metadata.integers("2"));
      assertArrayEquals(new int[] {-1}, metadata.integers("3"));
      assertArrayEquals(new int[] {9}, metadata.integers("4"));
      assertArrayEquals(new int[] {-9, 8}, metadata.integers("5"));
      assertArrayEquals(new int[] {3}, metadata.integers("10"));
      assertTrue(refusal(() -> metadata.integers("11")).contains("2147483648"));
      assertArrayEquals(new float[] {0.25f}, metadata.numbers("6"));
      assertArrayEquals(new float[] {0.75f}, metadata.numbers("12"));
      assertArrayEquals(new float[] {255}, metadata.numbers("0"));
      assertTrue(refusal(() -> metadata.integers("6")).contains("array of FLOAT32 found"));
      assertTrue(refusal(() -> metadata.text("6")).contains("array of FLOAT32 found"));
    }
  }

  @Test
  void aMissingKeyIsEmptyAndAnotherKindIsRefused() {
    Path path = RawGguf.small().write(folder.resolve("small.gguf"));
    try (GgufFile file = GgufFile.open(path)) {
      GgufMetadata metadata = file.metadata();
      assertTrue(metadata.text("none").isEmpty());
      assertTrue(metadata.integer("none").isEmpty());
      assertTrue(metadata.number("none").isEmpty());
      assertTrue(metadata.flag("none").isEmpty());
      assertEquals(0, metadata.texts("none").size());
      assertEquals(
          path + ": metadata none: needed, not there", refusal(() -> metadata.value("none")));
      assertEquals(
          path + ": metadata test.bool: STRING needed, BOOL found",
          refusal(() -> metadata.text("test.bool")));
      assertEquals(
          path + ": metadata general.architecture: integer needed, STRING found",
          refusal(() -> metadata.integer("general.architecture")));
      assertEquals(List.of("a", "", "\u0120b"), metadata.texts("test.texts"));
    }
  }

  @Test
  void tensorsBeyondTwoGibibytesAreReached() throws IOException {
    Path path = folder.resolve("large.gguf");
    long far = 5L << 30;
    RawGguf raw = RawGguf.header(3, 2, 0);
    raw.tensor("near", 0, 0, far / 4).tensor("far", 0, far, 1).pad(32);
    raw.write(path);
    // A hole: takes no room on the disk.
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      byte[] last = new RawGguf().f32(42).bytes();
      channel.write(ByteBuffer.wrap(last), raw.bytes().length + far);
    }
    try (GgufFile file = GgufFile.open(path)) {
      GgufTensor near = file.tensor("near").orElseThrow();
      assertEquals(far, near.data().byteSize());
      assertEquals(0, near.data().get(ValueLayout.JAVA_INT_UNALIGNED, far - 4));
      GgufTensor tensor = file.tensor("far").orElseThrow();
      assertEquals(42f, tensor.data().get(LittleEndian.FLOAT, 0));
    }
  }

  @Test
  void aLargeVocabularyIsParsedWithoutAnObjectForEachToken() {
    int tokens = 150_000;
    RawGguf raw = RawGguf.header(3, 0, 1).key("tokens", 9).i32(8).i64(tokens);
    for (int i = 0; i < tokens; i++) {
      raw.string("token" + i);
    }
    Path path = raw.write(folder.resolve("vocabulary.gguf"));
    for (int warm = 0; warm < 3; warm++) {
      GgufFile.open(path).close();
    }
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try (GgufFile file = GgufFile.open(path)) {
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      // 4 bytes a token, twice that while the array grows, and small change.
      assertTrue(allocated < 14L * tokens, () -> allocated + " bytes for " + tokens + " tokens");
      GgufTexts texts = (GgufTexts) file.metadata().value("tokens");
      assertEquals(tokens, texts.size());
      assertEquals("token149999", texts.text(tokens - 1));
    }
  }

  @Test
  void nothingIsReadAfterClosing() throws IOException {
    GgufFile file = GgufFile.open(RawGguf.small().write(folder.resolve("small.gguf")));
    GgufTensor tensor = file.tensors().getFirst();
    file.close();
    assertThrows(IllegalStateException.class, () -> tensor.data().get(ValueLayout.JAVA_BYTE, 0));
    Files.delete(tensor.file());
  }

  private static String refusal(Runnable reading) {
    return assertThrows(InputException.class, reading::run).getMessage();
  }
}
