package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.reports.stats.Comparison;
import dev.rocmforge.reports.stats.Distribution;
import dev.rocmforge.validation.kernel.InputClass;
import dev.rocmforge.validation.kernel.KernelCase;
import dev.rocmforge.validation.kernel.KernelCheck;
import dev.rocmforge.validation.kernel.KernelFolder;
import dev.rocmforge.validation.kernel.KernelTiming;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Times cases of the list, one line each: time, GB/s and their share of what a copy on the same
 * device reaches, registers; with a second folder of kernels also the ratio, both measured in turn.
 */
final class KernelSpeeds {
  private static final int SAMPLES = 15;

  private final Device device;
  private final KernelFolder sources;
  private final Optional<KernelFolder> against;
  private final PrintWriter out;
  private final KernelBudget budget;

  KernelSpeeds(
      Device device,
      KernelFolder sources,
      Optional<KernelFolder> against,
      HipSettings settings,
      PrintWriter out) {
    this.device = device;
    this.sources = sources;
    this.against = against;
    this.out = out;
    budget =
        new KernelBudget(settings.root().orElse(Path.of(".")), device.properties().architecture());
  }

  /** Of each kernel the case with the most bytes among the normal inputs. */
  static List<KernelCase> largest(List<KernelCase> cases) {
    Map<String, KernelCase> byPath = new LinkedHashMap<>();
    for (KernelCase one : cases) {
      if (one.inputs() == InputClass.NORMAL) {
        byPath.merge(one.path(), one, (a, b) -> b.work() > a.work() ? b : a);
      }
    }
    return List.copyOf(byPath.values());
  }

  void print(List<KernelCase> cases) throws InterruptedException {
    try (KernelCheck mine = new KernelCheck(device, sources);
        KernelCheck other = new KernelCheck(device, against.orElse(sources))) {
      double copied = mine.copyGigabytesPerSecond();
      out.printf(
          Locale.ROOT,
          "A copy on the device moves %.1f GB/s. Registers of %s as committed:"
              + " VGPR/SGPR/spills/waves a SIMD.%n",
          copied,
          device.properties().architecture());
      out.printf(
          "%9s %8s %6s %-14s %s%s%n",
          "us",
          "GB/s",
          "share",
          "registers",
          against.isPresent() ? "ratio [99 %] verdict  " : "",
          "case");
      for (KernelCase one : cases) {
        line(one, mine, other, copied);
      }
    }
  }

  private void line(KernelCase one, KernelCheck mine, KernelCheck other, double copied)
      throws InterruptedException {
    double[] now = new double[SAMPLES];
    double[] before = new double[SAMPLES];
    long bytes;
    try (KernelTiming timing = new KernelTiming(mine, one);
        KernelTiming old = new KernelTiming(other, one)) {
      bytes = timing.bytes();
      timing.micros();
      old.micros();
      for (int i = 0; i < SAMPLES; i++) {
        now[i] = timing.micros();
        before[i] = against.isPresent() ? old.micros() : 1;
      }
    }
    double micros = Distribution.of(now).median();
    double rate = bytes / micros / 1e3;
    String ratio = "";
    if (against.isPresent()) {
      Comparison compared =
          Comparison.of(Distribution.of(before), Distribution.of(now), Comparison.Settings.DEFAULT);
      ratio =
          String.format(
              Locale.ROOT,
              "%.3f [%.3f, %.3f] %-12s ",
              compared.ratio().middle(),
              compared.ratio().low(),
              compared.ratio().high(),
              compared.verdict().name().toLowerCase(Locale.ROOT));
    }
    out.printf(
        Locale.ROOT,
        "%9.1f %8.2f %5.1f%% %-14s %s%s%n",
        micros,
        rate,
        100 * rate / copied,
        budget.of(one.path()).orElse("-"),
        ratio,
        one.id());
    out.flush();
  }
}
