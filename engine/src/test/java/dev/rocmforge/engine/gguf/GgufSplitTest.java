package dev.rocmforge.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufSplitTest {
  @TempDir Path folder;

  @BeforeEach
  void threeShards() {
    shard(0, 3, 3, "a", "llama").write(path(1));
    shard(1, 3, 3, "b", null).write(path(2));
    shard(2, 3, 3, "c", null).write(path(3));
  }

  private Path path(int number) {
    return folder.resolve("m-0000" + number + "-of-00003.gguf");
  }

  private static RawGguf shard(
      int number, int count, int tensors, String tensor, String architecture) {
    RawGguf raw = RawGguf.header(3, 1, architecture == null ? 3 : 4);
    if (architecture != null) {
      raw.text("general.architecture", architecture);
    }
    raw.u16("split.no", number).u16("split.count", count);
    raw.key("split.tensors.count", 5).i32(tensors);
    return raw.tensor(tensor, 0, 0, 4).pad(32).data(16, number);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void anyShardOpensTheWholeSet(int opened) {
    try (GgufFile file = GgufFile.open(path(opened))) {
      assertEquals(List.of(path(1), path(2), path(3)), file.files());
      assertEquals(List.of("a", "b", "c"), file.tensors().stream().map(GgufTensor::name).toList());
      assertEquals("llama", file.metadata().text("general.architecture").orElseThrow());
      assertEquals(path(2), file.tensor("b").orElseThrow().file());
      assertEquals(
          1, file.tensor("b").orElseThrow().data().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0));
    }
  }

  @Test
  void aMergedModelWithACountOfZeroIsNoSplit() {
    Path merged = shard(0, 0, 1, "a", "llama").write(folder.resolve("merged.gguf"));
    try (GgufFile file = GgufFile.open(merged)) {
      assertEquals(List.of(merged), file.files());
    }
  }

  @Test
  void aMissingShard() throws IOException {
    Files.delete(path(2));
    refused(path(2) + ": open: a GGUF file needed, there is no such file");
  }

  @Test
  void aSetThatRunsInACircle() throws IOException {
    Files.delete(path(2));
    Files.createSymbolicLink(path(2), path(1));
    refused(path(2) + ": metadata split.no: 1 needed, 0 found");
  }

  @Test
  void aShardOutOfPlace() {
    shard(0, 3, 3, "b", null).write(path(2));
    refused(path(2) + ": metadata split.no: 1 needed, 0 found");
  }

  @Test
  void aShardOfASetOfAnotherSize() {
    shard(1, 4, 3, "b", null).write(path(2));
    refused(path(2) + ": metadata split.count: 3 needed, 4 found");
  }

  @Test
  void aCountThatTheFileNameContradicts() {
    shard(0, 4, 3, "a", "llama").write(path(1));
    refused(path(1) + ": metadata split.count: 00003 as in the file name needed, 4 found");
  }

  @Test
  void aFileNameWithoutAPlaceInTheSet() throws IOException {
    Path renamed = Files.move(path(1), folder.resolve("model.gguf"));
    refused(
        renamed,
        renamed
            + ": file name: NAME-00001-of-00003.gguf needed as split.count is 3, model.gguf found");
  }

  @Test
  void tensorsThatAreNotThere() {
    for (int i = 0; i < 3; i++) {
      shard(i, 3, 9, "abc".substring(i, i + 1), i == 0 ? "llama" : null).write(path(i + 1));
    }
    refused(path(1) + ": metadata split.tensors.count: 3 as in the 3 files needed, 9 found");
  }

  @Test
  void aShardOfAnotherModel() {
    shard(1, 3, 3, "b", "qwen2").write(path(2));
    refused(
        path(2)
            + ": metadata general.architecture: llama needed as in "
            + path(1)
            + ", qwen2 found");
  }

  @Test
  void aTensorInTwoShards() {
    shard(1, 3, 3, "a", null).write(path(2));
    refused(path(2) + ": tensor a: one of the name needed, another is in " + path(1));
  }

  @Test
  void aShardThatIsNoneOfASet() {
    RawGguf.small().write(path(2));
    refused(path(2) + ": metadata split.count: needed in a split file, not there");
  }

  private void refused(String message) {
    refused(path(1), message);
  }

  private static void refused(Path path, String message) {
    InputException refusal = assertThrows(InputException.class, () -> GgufFile.open(path).close());
    assertEquals(message, refusal.getMessage());
  }
}
