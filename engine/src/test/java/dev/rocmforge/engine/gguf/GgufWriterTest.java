package dev.rocmforge.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.quant.QuantType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufWriterTest {
  private static final List<GgufDeclaration> ONE =
      List.of(new GgufDeclaration("w", QuantType.F32, List.of(4L)));

  @TempDir Path folder;

  private static void copy(GgufFile from, Path to) {
    List<GgufDeclaration> tensors = from.tensors().stream().map(GgufDeclaration::of).toList();
    try (GgufWriter writer = GgufWriter.create(to, from.metadata().values(), tensors)) {
      from.tensors().forEach(tensor -> writer.append(tensor.name(), tensor.data()));
      writer.finish();
    }
  }

  @Test
  void aCopyIsTheSameByteForByte() throws IOException {
    Path original = RawGguf.small().write(folder.resolve("small.gguf"));
    Path copied = folder.resolve("copy.gguf");
    try (GgufFile file = GgufFile.open(original)) {
      copy(file, copied);
      try (GgufFile copy = GgufFile.open(copied)) {
        assertEquals(file.metadata().values(), copy.metadata().values());
        assertEquals(List.copyOf(file.metadata().keys()), List.copyOf(copy.metadata().keys()));
        for (GgufTensor tensor : file.tensors()) {
          GgufTensor twin = copy.tensor(tensor.name()).orElseThrow();
          assertEquals(tensor.shape(), twin.shape());
          assertEquals(-1, tensor.data().mismatch(twin.data()));
        }
      }
    }
    assertArrayEquals(Files.readAllBytes(original), Files.readAllBytes(copied));
  }

  @Test
  void valuesMadeInJavaAreWrittenAsTheFormatSays() throws IOException {
    Map<String, GgufValue> metadata = new java.util.LinkedHashMap<>();
    metadata.put("a", GgufValue.of("x"));
    metadata.put("b", GgufValue.of(7));
    metadata.put("c", GgufValue.of(0.5f));
    metadata.put("d", GgufValue.of(true));
    metadata.put("e", GgufValue.of(List.of("p", "qr")));
    metadata.put("f", GgufValue.of(1, -2));
    metadata.put("g", GgufValue.of(1f, 2f));
    Path path = folder.resolve("values.gguf");
    try (GgufWriter writer = GgufWriter.create(path, metadata, List.of())) {
      writer.finish();
    }
    RawGguf raw = RawGguf.header(3, 0, 7).text("a", "x").u32("b", 7).key("c", 6).f32(0.5f);
    raw.key("d", 7).i8(1).key("e", 9).i32(8).i64(2).string("p").string("qr");
    raw.key("f", 9).i32(5).i64(2).i32(1).i32(-2).key("g", 9).i32(6).i64(2).f32(1).f32(2).pad(32);
    assertArrayEquals(raw.bytes(), Files.readAllBytes(path));
  }

  @Test
  void dataMayComeInPieces() {
    Path path = folder.resolve("pieces.gguf");
    try (GgufWriter writer = GgufWriter.create(path, Map.of(), ONE)) {
      for (int i = 0; i < 4; i++) {
        writer.append("w", MemorySegment.ofArray(new float[] {i}));
      }
      writer.finish();
    }
    try (GgufFile file = GgufFile.open(path)) {
      assertEquals(3f, file.tensors().getFirst().data().get(LittleEndian.FLOAT, 12));
    }
  }

  @Test
  void theNameAppearsOnlyWhenTheFileIsComplete() throws IOException {
    Path path = folder.resolve("model.gguf");
    Files.writeString(path, "before");
    try (GgufWriter writer = GgufWriter.create(path, Map.of(), ONE)) {
      writer.append("w", MemorySegment.ofArray(new byte[8]));
      assertEquals("before", Files.readString(path));
      assertThrows(AssertionError.class, writer::finish);
    }
    assertEquals("before", Files.readString(path));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(path), left.toList());
    }
  }

  @Test
  void wrongOrderAndWrongLengthAreBugs() {
    try (GgufWriter writer = GgufWriter.create(folder.resolve("bug.gguf"), Map.of(), ONE)) {
      MemorySegment weight = MemorySegment.ofArray(new byte[4]);
      assertThrows(AssertionError.class, () -> writer.append("v", weight));
      MemorySegment tooMuch = MemorySegment.ofArray(new byte[17]);
      assertThrows(AssertionError.class, () -> writer.append("w", tooMuch));
    }
  }

  @Test
  void aPathThatCannotBeWritten() throws IOException {
    Path nowhere = folder.resolve("none").resolve("model.gguf");
    assertEquals(
        nowhere + ": create: a directory needed, " + folder.resolve("none") + " does not exist",
        refusal(nowhere));
    assertEquals(folder + ": create: a file name needed, a directory found", refusal(folder));
    Path below = Files.createFile(folder.resolve("file")).resolve("model.gguf");
    assertTrue(
        assertThrows(
                InputException.class, () -> GgufWriter.create(below, Map.of(), List.of()).close())
            .getMessage()
            .startsWith(below + ": create: a writable file needed, "));
  }

  private static String refusal(Path path) {
    return assertThrows(
            InputException.class, () -> GgufWriter.create(path, Map.of(), List.of()).close())
        .getMessage();
  }

  @Test
  void aFullDisk() {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full), "no /dev/full on this system");
    String message =
        assertThrows(
                InputException.class, () -> GgufWriter.create(full, Map.of(), List.of()).close())
            .getMessage();
    assertEquals("/dev/full: write: 32 bytes to write, No space left on device", message);
    assertTrue(Files.exists(full) && !Files.isRegularFile(full));
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path target = Files.createFile(folder.resolve("target.gguf"));
    Path link = Files.createSymbolicLink(folder.resolve("link.gguf"), target);
    try (GgufWriter writer = GgufWriter.create(link, Map.of(), ONE)) {
      writer.append("w", MemorySegment.ofArray(new byte[16]));
      writer.finish();
    }
    assertTrue(Files.isSymbolicLink(link));
    assertFalse(Files.size(target) == 0);
    try (GgufFile file = GgufFile.open(link)) {
      assertEquals(0, file.tensors().getFirst().data().get(ValueLayout.JAVA_BYTE, 0));
    }
  }
}
