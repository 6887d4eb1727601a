package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.KvDistance;
import dev.rocmforge.bench.run.KvDumpFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** {@code inspect --kv}: what a dump holds; two of them side by side. */
final class KvInspection {
  private KvInspection() {}

  /** Exit 1 where two dumps differ. */
  static int print(List<Path> files, PrintWriter out) {
    try (KvDumpFile first = KvDumpFile.open(files.getFirst())) {
      describe(files.getFirst(), first, out);
      if (files.size() == 1) {
        return ExitCode.DONE.code();
      }
      try (KvDumpFile second = KvDumpFile.open(files.get(1))) {
        describe(files.get(1), second, out);
        return compare(first, second, out);
      }
    }
  }

  private static int compare(KvDumpFile first, KvDumpFile second, PrintWriter out) {
    KvDistance distance = KvDistance.of(first, second);
    out.printf(
        Locale.ROOT,
        "Relative L2: keys %.3e, values %.3e; largest difference %.3e in layer %d at position %d%n",
        distance.keys(),
        distance.values(),
        distance.worst(),
        distance.layer(),
        distance.position());
    out.println(distance.equal() ? "Equal" : "Different");
    out.flush();
    return (distance.equal() ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private static void describe(Path file, KvDumpFile dump, PrintWriter out) {
    out.printf(
        "File: %s%nKVCACHE1: %d layers × %d positions × %d kv heads × %d head_dim%n",
        file, dump.layers(), dump.positions(), dump.heads(), dump.keyWidth() / dump.heads());
    long strange = 0;
    double keys = 0;
    double values = 0;
    for (int layer = 0; layer < dump.layers(); layer++) {
      for (int position = 0; position < dump.positions(); position++) {
        for (int i = 0; i < dump.keyWidth(); i++) {
          float key = dump.key(layer, position, i);
          float value = dump.value(layer, position, i);
          strange += (Float.isFinite(key) ? 0 : 1) + (Float.isFinite(value) ? 0 : 1);
          keys = Math.max(keys, Math.abs(key));
          values = Math.max(values, Math.abs(value));
        }
      }
    }
    out.printf(
        Locale.ROOT,
        "Largest key %.6g, largest value %.6g, %d NaN or Inf%n",
        keys,
        values,
        strange);
    out.flush();
  }
}
