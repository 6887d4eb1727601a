package dev.rocmforge.reports.stats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The recorded history of a public engine, by backend, model, quantization and configuration. */
record RecordedHistory(Map<String, List<Run>> series) {
  /** Fewer generated tokens say little of decode. */
  static final int LEAST_TOKENS = 32;

  record Run(String date, double decodeRate, double prefillRate, int generated) {}

  static RecordedHistory read() throws IOException {
    String given = System.getProperty("rocmforge.golden", "");
    Path file =
        Path.of(given.isEmpty() ? "../datasets/golden" : given)
            .resolve("history/recorded-runs.csv");
    Map<String, List<Run>> series = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file).stream().skip(1).toList()) {
      String[] f = line.split(",", -1);
      series
          .computeIfAbsent(String.join(" ", f[0], f[1], f[2], f[3]), k -> new ArrayList<>())
          .add(
              new Run(
                  f[4].substring(0, 10),
                  Double.parseDouble(f[7]),
                  Double.parseDouble(f[8]),
                  Integer.parseInt(f[9])));
    }
    return new RecordedHistory(series);
  }

  /** Runs of a series that generated enough. */
  List<Run> longEnough(String name) {
    return series.get(name).stream().filter(run -> run.generated() >= LEAST_TOKENS).toList();
  }

  /** Runs of a series whose prefill was recorded. */
  List<Run> prefilled(String name) {
    return series.get(name).stream().filter(run -> run.prefillRate() > 0).toList();
  }
}
