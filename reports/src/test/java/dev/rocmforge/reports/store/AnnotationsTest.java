package dev.rocmforge.reports.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.ReportException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnotationsTest {
  private static final Instant MAY = Instant.parse("2026-05-01T00:00:00Z");
  private static final Instant JUNE = Instant.parse("2026-06-01T00:00:00.5Z");

  @TempDir private Path folder;

  @Test
  void whatIsWrittenIsReadAndTheHistoryPassesOverIt() {
    Annotations annotations = Annotations.in(folder.resolve("below"));
    assertEquals(List.of(), annotations.read());
    annotations.append(Annotation.of(MAY, "tg128", "new driver \"7.1\"\n<b>"));
    annotations.append(Annotation.of(JUNE, Annotation.ALL_ROWS, "other machine"));
    List<Annotation> read = annotations.read();
    assertEquals(2, read.size());
    assertEquals("new driver \"7.1\"\n<b>", read.getFirst().reason());
    assertEquals(List.of(), History.in(folder.resolve("below")).read().records());
    assertEquals(Optional.of(JUNE), Annotations.since(read, "pp512"));
    assertEquals(Optional.of(MAY), Annotations.since(read.subList(0, 1), "tg128"));
    assertEquals(Optional.empty(), Annotations.since(read.subList(0, 1), "tg128 @ d64"));
  }

  @Test
  void aTornLineGoesWithTheNextOne() throws IOException {
    Annotations annotations = Annotations.in(folder);
    annotations.append(Annotation.of(MAY, "tg128", "one"));
    Path file = folder.resolve(Annotations.FILE);
    Files.writeString(file, "{\"schemaVersion\":1,\"si", StandardOpenOption.APPEND);
    assertEquals(1, annotations.read().size());
    annotations.append(Annotation.of(JUNE, "tg128", "two"));
    assertEquals(2, annotations.read().size());
    assertEquals(2, Files.readAllLines(file).size());
  }

  @Test
  void otherVersionsAndBlankReasonsAreRefused() throws IOException {
    assertThrows(ReportException.class, () -> Annotation.of(MAY, "*", " "));
    Files.writeString(
        folder.resolve(Annotations.FILE),
        "{\"schemaVersion\":2,\"since\":\"2026-05-01T00:00:00Z\",\"row\":\"*\",\"reason\":\"x\"}\n");
    ReportException refused =
        assertThrows(ReportException.class, () -> Annotations.in(folder).read());
    assertTrue(refused.getMessage().contains("line 1"), refused.getMessage());
    assertTrue(refused.getMessage().contains("version 2"), refused.getMessage());
  }
}
