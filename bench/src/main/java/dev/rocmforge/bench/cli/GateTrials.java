package dev.rocmforge.bench.cli;

import dev.rocmforge.reports.format.GateSelfTestMarkdown;
import dev.rocmforge.reports.gate.GateSettings;
import dev.rocmforge.reports.gate.SelfTest;
import dev.rocmforge.reports.stats.RunNoise;
import dev.rocmforge.reports.stats.SimulatedRuns;
import dev.rocmforge.reports.store.RunSeries;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** {@code gate --self-test}: what the gate finds and what it cries wolf at, as Markdown. */
final class GateTrials {
  private static final int LEAST_RUNS = 30;

  @SuppressWarnings("UnusedVariable") // the option that chooses this group
  @Option(
      names = "--self-test",
      required = true,
      description = "Plant changes into series of unchanged code and count the verdicts.")
  private boolean selfTest;

  @Option(
      names = "--series",
      paramLabel = "FILE",
      description = "Recorded series ('baseline series') or a folder of records; repeatable.")
  private List<Path> files = List.of();

  @Option(
      names = "--trials",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Of each row (default: ${DEFAULT-VALUE}).")
  private int trials;

  @Option(
      names = "--trial-seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the trials (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** Prints a table for each size and each file. */
  int run(GateSettings settings, PrintWriter out) {
    if (!selfTest) {
      throw new AssertionError("the group of options needs --self-test");
    }
    for (int baselineRuns : new int[] {settings.baselineRuns(), 10}) {
      SelfTest test = test(settings, baselineRuns);
      out.println("### Simulated runs\n");
      out.println(GateSelfTestMarkdown.table(test, simulated(test)));
      out.flush();
    }
    for (Path file : files) {
      recorded(settings, file, out);
    }
    return ExitCode.DONE.code();
  }

  private SelfTest test(GateSettings settings, int baselineRuns) {
    return new SelfTest(baselineRuns, 10, trials, seed, settings.of("*"));
  }

  private static List<SelfTest.Counts> simulated(SelfTest test) {
    List<SelfTest.Counts> rows = new ArrayList<>();
    for (double noise : new double[] {0.02, 0.1}) {
      for (double spikes : new double[] {0, 0.05}) {
        for (double correlation : new double[] {0, 0.3, 0.5, 0.7}) {
          rows.add(test.simulated(new SimulatedRuns(noise, correlation, spikes)));
        }
      }
    }
    return rows;
  }

  private void recorded(GateSettings settings, Path file, PrintWriter out) {
    List<RunSeries> all = RunSeries.read(file);
    out.println("### Recorded runs: " + file.getFileName() + "\n");
    for (RunSeries series : all) {
      RunNoise noise = RunNoise.of(series.medians());
      out.printf(
          Locale.ROOT,
          "%s: %d runs; %s. Noise from run to run %.1f %%, correlation taken as %.2f. %s%n%n",
          series.row(),
          series.runs().size(),
          String.join("; ", series.facts()),
          100 * noise.scale(),
          noise.correlation(),
          inOrder(settings, series));
    }
    for (int baselineRuns : new int[] {settings.baselineRuns(), 10}) {
      SelfTest test = test(settings, baselineRuns);
      List<SelfTest.Counts> rows = new ArrayList<>();
      for (RunSeries series : all) {
        if (series.runs().size() < LEAST_RUNS) {
          out.printf(
              "%s: not tested, at least %d runs needed, %d found%n%n",
              series.row(), LEAST_RUNS, series.runs().size());
        } else {
          rows.add(test.recorded(series.row(), series.medians()));
        }
      }
      out.println(GateSelfTestMarkdown.table(test, rows));
      out.flush();
    }
  }

  private String inOrder(GateSettings settings, RunSeries series) {
    int baseline = settings.baselineRuns();
    int[] alarms = test(settings, baseline).windows(series.medians());
    return alarms[1] == 0
        ? "Too few for a stretch of %d and 10 runs in the order recorded.".formatted(baseline)
        : "In the order recorded: %d of %d stretches of %d and 10 runs raise an alarm."
            .formatted(alarms[0], alarms[1], baseline);
  }
}
