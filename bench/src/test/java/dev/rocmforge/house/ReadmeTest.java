package dev.rocmforge.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.rocmforge.reports.format.Quantity;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Throughput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README's table is made from the records in docs/records, never by hand. */
class ReadmeTest {
  private static final Path README = Project.root().resolve("README.md");
  private static final Path RECORDS = Project.root().resolve("docs/records");
  private static final String BEGIN =
      "<!-- table:begin  Filled from a record; never by hand. -->\n";
  private static final String END = "<!-- table:end -->\n";

  @Test
  void theTableIsMadeFromTheRecords() throws IOException {
    String readme = Files.readString(README);
    int from = readme.indexOf(BEGIN) + BEGIN.length();
    int to = readme.indexOf(END);
    String made = readme.substring(0, from) + table() + readme.substring(to);
    if (Boolean.getBoolean("rocmforge.readme.write")) {
      Files.writeString(README, made);
      readme = made;
    }
    assertEquals(made, readme, "the table of README.md is not that of docs/records");
  }

  private static String table() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | model | workload | backend | tokens/s | 95 % interval | GB/s moved | of this memory | output | record |
            |---|---|---|---|---|---|---|---|---|
            """);
    List<Path> files;
    try (Stream<Path> all = Files.list(RECORDS)) {
      files = all.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    assertFalse(files.isEmpty(), "no record in docs/records");
    for (Path file : files) {
      RunRecord record = RecordCodec.read(file.toString(), Files.readString(file));
      for (Measurement measurement : record.measurements()) {
        table.append(row(file, record, measurement));
      }
      table.append('\n').append(machine(record));
    }
    return table.toString();
  }

  private static String row(Path file, RunRecord record, Measurement m) {
    Interval rate = Throughput.tokensPerSecond(m).orElseThrow();
    return "| %s | %s | %s, %d threads | %s | %s | %s | %s | %s | [json](docs/records/%s) |\n"
        .formatted(
            record.subject().model().fileName(),
            m.workload().name(),
            record.subject().backend().label(),
            m.workload().threads(),
            Quantity.rate(rate.middle()),
            Quantity.range(rate),
            Quantity.gigabytesPerSecond(Throughput.gigabytesPerSecond(m).orElseThrow().middle()),
            Quantity.percent(
                Throughput.bandwidthShare(m, record.environment()).orElseThrow().middle()),
            record.correctness().label(),
            file.getFileName());
  }

  private static String machine(RunRecord record) {
    return "%s, %d processors, %s GB/s of memory bandwidth measured in the same run, load %s.\n"
        .formatted(
            record.environment().cpuModel(),
            record.environment().cores(),
            Quantity.gigabytesPerSecond(
                record.environment().memoryBandwidth().orElseThrow().gigabytesPerSecond()),
            Quantity.rate(record.environment().loadAverage().orElse(Double.NaN)));
  }
}
