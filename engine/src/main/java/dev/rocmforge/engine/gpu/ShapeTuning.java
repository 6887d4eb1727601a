package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.HipException;
import dev.rocmforge.engine.hip.KernelCompilationException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** The launch shapes of a backend: the table's, what is known of this device, and finding more. */
final class ShapeTuning {
  private final Device device;
  private final int wave;
  private final boolean dot2;
  private final Supplier<KernelLibrary> kernels;
  private final TuningStore store;
  private final TunedShapes shapes;
  private final Consumer<String> lines;
  private Function<String, List<LaunchShape>> candidates;

  /**
   * @param known whether what was found before counts
   * @param kernels opened when they are needed
   * @param lines receives what is found, and what is wrong with a file
   */
  ShapeTuning(
      Device device,
      int wave,
      boolean dot2,
      LaunchShapes table,
      TuningStore store,
      boolean known,
      Supplier<KernelLibrary> kernels,
      Consumer<String> lines) {
    this.device = device;
    this.wave = wave;
    this.dot2 = dot2;
    this.kernels = kernels;
    this.store = store;
    this.lines = lines;
    this.candidates = operation -> Autotuner.candidates(operation, wave);
    this.shapes =
        new TunedShapes(
            table,
            known ? store.read(lines) : java.util.Map.of(),
            path -> kernels.get().sourceHash(path));
  }

  TunedShapes shapes() {
    return shapes;
  }

  /** Tries these and no others. */
  void tryOnly(List<LaunchShape> few) {
    candidates = operation -> few.stream().filter(one -> one.legal(operation, wave)).toList();
  }

  /** Whether products have asked that could be measured and were not. */
  boolean open() {
    return !shapes.missing().isEmpty();
  }

  /** Measures what has not been, and keeps it. */
  void tune() {
    for (MatrixProduct product : shapes.missing()) {
      try {
        tune(product);
      } catch (HipException e) {
        if (!e.outOfMemory()) {
          throw e;
        }
        lines.accept("[Autotune] " + product + ": not measured: " + e.getMessage());
      }
    }
    store.write(shapes.entries());
  }

  private void tune(MatrixProduct product) {
    LaunchShape table = shapes.tabled(product).fitted(wave);
    List<LaunchShape> all = candidates.apply(product.operation());
    KernelLibrary library = kernels.get();
    try (var trial = new ProductTrial(device, library, product, dot2)) {
      try {
        library.prepare(all.stream().map(trial::kernel).toList());
      } catch (KernelCompilationException e) {
        // The shape that does not compile is refused when its turn comes.
        lines.accept("[Autotune] " + product + ": " + e.getMessage());
      }
      Autotuner.Finding found = Autotuner.tune(table, all, trial);
      String kernel = library.sourceHash(product.path());
      shapes.found(product, TuningStore.Entry.of(product, kernel, found));
      lines.accept(line(product, table, found));
    }
  }

  private static String line(MatrixProduct product, LaunchShape table, Autotuner.Finding found) {
    String outcome =
        found.shape().equals(table)
            ? "table's %s kept, %.2f us".formatted(table, found.tableMicros())
            : String.format(
                Locale.ROOT,
                "%s instead of %s, %.2f instead of %.2f us",
                found.shape(),
                table,
                found.micros(),
                found.tableMicros());
    return "[Autotune] %s: %s; %d tried, %d refused"
        .formatted(product, outcome, found.tried(), found.refused());
  }
}
