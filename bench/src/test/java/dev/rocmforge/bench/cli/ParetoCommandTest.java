package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.reports.record.FrontierPoint;
import dev.rocmforge.reports.record.FrontierRecord;
import dev.rocmforge.reports.record.RecordCodec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParetoCommandTest {
  private static final String MODEL = "../datasets/models/lexicon-tiny-q4_0.gguf";
  private static final List<String> SEARCH =
      List.of(
          "--forms=Q6_K,Q5_0,Q4_0,Mq4,svd4+csr0.05,mpo16",
          "--points=12",
          "--window=24",
          "--windows=2",
          "--max-bytes-per-weight=0.8");

  @TempDir private Path folder;
  private final StringWriter err = new StringWriter();

  private void run(String... arguments) {
    int code =
        Rocmforge.execute(
            Rocmforge.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err)),
            arguments);
    assertEquals(0, code, err::toString);
  }

  private String search(String model, Path out, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("pareto", model, "--out=" + out));
    all.addAll(SEARCH);
    all.addAll(List.of(more));
    run(all.toArray(String[]::new));
    return Files.readString(out.resolve("frontier.json"));
  }

  @Test
  void theFrontierIsRemadeToTheLastBit() throws IOException {
    String whole = folder.resolve("whole.gguf").toString();
    String source = folder.resolve("source.rfm").toString();
    run("quantize", MODEL, whole, "Q8_0");
    run("convert", whole, source, "--max-layers=2");
    Path first = folder.resolve("first");
    String json = search(source, first, "--speed=2");
    FrontierRecord record = RecordCodec.readFrontier("frontier.json", json);
    List<FrontierPoint> frontier = record.frontier();
    assertTrue(frontier.size() >= 12, json);
    for (int i = 1; i < frontier.size(); i++) {
      assertTrue(frontier.get(i).bytes() < frontier.get(i - 1).bytes(), json);
      assertTrue(frontier.get(i).divergenceNats() > frontier.get(i - 1).divergenceNats(), json);
    }
    assertTrue(
        record.points().stream().anyMatch(point -> point.origin().equals("uniform Q4_0")), json);
    assertEquals(frontier.size() + 1, Files.readAllLines(first.resolve("speed.tsv")).size());

    // As if stopped in the middle of a line.
    Path second = Files.createDirectory(folder.resolve("second"));
    String measured = Files.readString(first.resolve("measurements.jsonl"));
    Files.writeString(second.resolve("measurements.jsonl"), measured.substring(0, 901));
    assertEquals(json, search(source, second));
    assertTrue(err.toString().contains("going on after"), err.toString());
    assertEquals(
        Files.readString(first.resolve("frontier.svg")),
        Files.readString(second.resolve("frontier.svg")));

    FrontierPoint best =
        frontier.stream().filter(p -> p.bytesPerWeight() <= 0.8).findFirst().orElseThrow();
    try (ModelFile file = ModelFile.open(first.resolve("best.rfm"))) {
      assertEquals(best.bytes(), file.entries().stream().mapToLong(ModelFile.Entry::bytes).sum());
    }
    assertEquals(-1, Files.mismatch(first.resolve("best.rfm"), second.resolve("best.rfm")));
  }
}
