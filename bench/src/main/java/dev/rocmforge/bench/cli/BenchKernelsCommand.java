package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.GemvBandwidth;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gpu.KernelLibrary;
import dev.rocmforge.engine.gpu.LaunchShape;
import dev.rocmforge.engine.gpu.LaunchShapes;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.HipRuntime;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.validation.kernel.KernelCase;
import dev.rocmforge.validation.kernel.KernelFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench kernels}: bandwidth of the matrix-vector kernels. */
@Command(
    name = "kernels",
    description = "Measures matrix-vector kernels: GB/s of weights, cold and warm.",
    mixinStandardHelpOptions = true)
final class BenchKernelsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private KernelSelection selection;

  @Option(
      names = "--against",
      paramLabel = "DIR",
      description = "Kernels to compare with, measured in turn: the old version.")
  private Path against;

  @Option(
      names = "--cases",
      description =
          "Time the cases of 'validate kernels' instead of matrices; so does each of --against,"
              + " --kernels, --case and --operation.")
  private boolean cases;

  @Option(names = "--shape", description = "Only this shape, ROWSxCOLUMNS.")
  private String shape;

  @Option(names = "--sweep", description = "Try all launch shapes instead of the default.")
  private boolean sweep;

  @Option(names = "--gpu-index", defaultValue = "0", description = "The device.")
  private int gpuIndex;

  private LaunchShapes tuned;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    HipSettings settings = HipSettings.ofEnvironment();
    try (HipRuntime runtime = HipRuntime.open(settings)) {
      Device device = runtime.device(gpuIndex);
      if (cases || against != null || selection.narrowed()) {
        List<KernelCase> chosen =
            selection.cases(runtime.kind(), device.properties().architecture());
        new KernelSpeeds(
                device,
                selection.sources(settings),
                Optional.ofNullable(against).map(KernelFolder::new),
                settings,
                out)
            .print(selection.single() ? chosen : KernelSpeeds.largest(chosen));
        return ExitCode.DONE.code();
      }
      int wave = device.properties().waveSize();
      out.printf(
          "# %s on %s, %s, L2 %d bytes%n",
          device.properties().name(),
          runtime.kind().label(),
          device.properties().architectureName(),
          device.properties().l2Bytes());
      out.println(
          "kernel\trows\tcolumns\tshape\tcold_us\tcold_GB_s\twarm_us\twarm_GB_s\terror\tverdict");
      boolean right = true;
      tuned = LaunchShapes.of(settings.root().orElseThrow(), device.properties().architecture());
      try (var kernels =
          new KernelLibrary(device, wave, settings.root().orElseThrow(), settings.cache())) {
        var bandwidth = new GemvBandwidth(device, kernels);
        for (QuantType type : QuantType.values()) {
          for (String operation : List.of("gemv", "gemv_q8")) {
            if (wanted(type, operation)) {
              right &= measure(bandwidth, type, operation, wave, out);
            }
          }
        }
      }
      return (right ? ExitCode.DONE : ExitCode.FAILED).code();
    }
  }

  private boolean wanted(QuantType type, String operation) {
    String path = type.name().toLowerCase(Locale.ROOT) + "/" + operation;
    boolean exists = type.blockSize() > 1 || operation.equals("gemv");
    return exists && path.startsWith(selection.filterOr("q4_0/gemv"));
  }

  private boolean measure(
      GemvBandwidth bandwidth, QuantType type, String operation, int wave, PrintWriter out) {
    boolean[] right = {true};
    for (int[] matrix : matrices()) {
      if (matrix[1] % type.blockSize() != 0) {
        continue;
      }
      List<LaunchShape> shapes =
          sweep
              ? GemvBandwidth.candidates(wave)
              : List.of(tuned.shape(operation, type, matrix[0], matrix[1]));
      bandwidth.measure(
          type,
          matrix[0],
          matrix[1],
          operation.equals("gemv_q8"),
          shapes,
          row -> {
            right[0] &= row.right();
            print(row, out);
          });
    }
    return right[0];
  }

  private List<int[]> matrices() {
    if (shape == null) {
      return GemvBandwidth.SHAPES;
    }
    String[] parts = shape.split("x", -1);
    try {
      return List.of(new int[] {Integer.parseInt(parts[0]), Integer.parseInt(parts[1])});
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new InputException("--shape: ROWSxCOLUMNS needed, " + shape + " given");
    }
  }

  private static void print(GemvBandwidth.Row row, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s\t%d\t%d\t%s\t%.2f\t%.0f\t%.2f\t%.0f\t%.1e\t%s%n",
        row.kernel(),
        row.rows(),
        row.columns(),
        row.shape(),
        row.medianColdMicros(),
        row.coldGigabytesPerSecond(),
        row.medianWarmMicros(),
        row.warmGigabytesPerSecond(),
        row.error(),
        row.right() ? "right" : "WRONG");
    out.flush();
  }
}
