package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.BenchFiles;
import dev.rocmforge.bench.run.BenchListener;
import dev.rocmforge.bench.run.BenchTask;
import dev.rocmforge.engine.gpu.DecodeProfile;
import dev.rocmforge.reports.format.Quantity;
import dev.rocmforge.reports.record.BackendKind;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.Distribution;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Throughput;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What {@code bench} says: how far it is on stderr, the result on stdout. */
final class BenchLines implements BenchListener {
  private static final String ROW = "%-22s %12s  %-22s %9s %10s  %s%n";

  private final PrintWriter out;
  private final PrintWriter err;
  private final Set<String> decided = new HashSet<>();
  private ProgressLine progress;

  BenchLines(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  private void say(String format, Object... values) {
    err.printf(Locale.ROOT, format + "%n", values);
    err.flush();
  }

  /** What the GPU's rules decide: each line once, though every workload opens the device anew. */
  void decided(String line) {
    if (decided.add(line)) {
      say("%s", line);
    }
  }

  /** What paging of experts did in the last task, where they were paged. */
  void experts(Map<String, String> dispatch) {
    if (dispatch.containsKey("experts")) {
      say("[Experts] %s", dispatch.get("experts"));
    }
  }

  void begin(ModelFile file, BackendChoice choice, int threads) {
    say(
        "Model: %s (%s), %s parameters, %s, sha256 %s",
        file.name(),
        file.fileName(),
        Quantity.count(file.parameters()),
        Quantity.bytes(file.fileBytes()),
        file.sha256().substring(0, 12));
    say("Backend: %s, %d threads", choice.kind().label(), threads);
  }

  void checked(CheckRecord check) {
    String figures =
        check.figures().stream()
            .map(
                figure ->
                    figure.name()
                        + " "
                        + Quantity.figure(figure.value())
                        + (figure.limit().isPresent()
                            ? " (limit " + Quantity.figure(figure.limit().getAsDouble()) + ")"
                            : ""))
            .collect(Collectors.joining(", "));
    say(
        "Check: %s: %s%s; %s",
        check.name(),
        check.verdict().label(),
        check.reason().map(reason -> ": " + reason).orElse(""),
        figures);
  }

  void bandwidth(Environment.Bandwidth bandwidth) {
    say(
        "Memory: %s GB/s (%s)",
        Quantity.gigabytesPerSecond(bandwidth.gigabytesPerSecond()), bandwidth.method());
  }

  @Override
  public void repetition(BenchTask task, boolean warmUp, int done, int of, long nanos) {
    if (progress == null) {
      progress = new ProgressLine(task.name(), of);
    }
    progress.at(done, of, warmUp ? "warm-up" : "measuring");
  }

  @Override
  public void measured(BenchTask task, Measurement measurement) {
    endProgress();
    say(
        "%s: %s tok/s; warm-up: %d repetitions, %s",
        task.name(),
        rate(measurement),
        measurement.workload().warmUp().repetitions(),
        measurement.workload().warmUp().judgement());
  }

  /** What comes next is no progress. */
  void endProgress() {
    if (progress != null) {
      progress.close();
      progress = null;
    }
  }

  private static String rate(Measurement measurement) {
    return Throughput.tokensPerSecond(measurement)
        .map(interval -> Quantity.rate(interval.middle()))
        .orElse("–");
  }

  void table(RunRecord record) {
    List<Measurement> all = record.measurements();
    for (int i = 1; i < all.size(); i++) {
      if (all.get(i).workload().preset().equals(BenchPreset.DOCUMENTED.word())
          && all.get(i).workload().kind() == Workload.Kind.DECODE) {
        harness(record.subject().backend(), all.get(i - 1), all.get(i));
      }
    }
    out.printf(ROW, "workload", "tokens/s", "95 % interval", "GB/s", "of memory", "output");
    for (Measurement m : record.measurements()) {
      Optional<Interval> rate = Throughput.tokensPerSecond(m);
      String threads = m.workload().threads() == 1 ? " thread" : " threads";
      out.printf(
          ROW,
          m.workload().name() + ", " + m.workload().threads() + threads,
          rate(m),
          rate.map(Quantity::range).orElse("–"),
          Throughput.gigabytesPerSecond(m)
              .map(r -> Quantity.gigabytesPerSecond(r.middle()))
              .orElse("–"),
          Throughput.bandwidthShare(m, record.environment())
              .map(r -> Quantity.percent(r.middle()))
              .orElse("–"),
          record.correctness().label());
    }
    out.flush();
  }

  /** The lines of the documented harness; standard deviations are of the whole population. */
  void harness(BackendKind backend, Measurement prefill, Measurement decode) {
    String place =
        "BENCH %s_greedy_decode_real_model ".formatted(backend == BackendKind.GPU ? "gpu" : "cpu");
    List<Samples.Repetition> runs = decode.samples().repetitions();
    double[] prompts = new double[runs.size()];
    double[] tokens = new double[runs.size()];
    for (int i = 0; i < runs.size(); i++) {
      prompts[i] =
          1e9 * prefill.tokensPerRepetition() / runs.get(i).firstTokenNanos().orElseThrow();
      tokens[i] = 1e9 * decode.tokensPerRepetition() / runs.get(i).totalNanos();
      out.printf(
          Locale.ROOT,
          place + "run=%d prefill_tok_s=%.1f decode_tok_s=%.1f%n",
          i + 1,
          prompts[i],
          tokens[i]);
    }
    Distribution p = Distribution.of(prompts);
    Distribution t = Distribution.of(tokens);
    double population = Math.sqrt((runs.size() - 1.0) / runs.size());
    out.printf(
        Locale.ROOT,
        place
            + "summary runs=%d warmup_runs=%d prompt_tokens=%d decode_tokens=%d"
            + " prefill_avg_tok_s=%.1f prefill_stddev=%.1f decode_avg_tok_s=%.1f"
            + " decode_stddev=%.1f decode_min_tok_s=%.1f decode_max_tok_s=%.1f%n",
        runs.size(),
        decode.samples().warmUpNanos().size(),
        prefill.tokensPerRepetition(),
        decode.tokensPerRepetition(),
        p.mean(),
        p.standardDeviation() * population,
        t.mean(),
        t.standardDeviation() * population,
        t.minimum(),
        t.maximum());
  }

  /** The stages of a workload's steps. */
  void profile(BenchTask task, DecodeProfile profile) {
    out.println("Stages of " + task.name() + ", launched one by one:");
    ProfileLines.of(profile).forEach(out::println);
    out.flush();
  }

  void partial(String reason) {
    endProgress();
    say("%nPartial: %s; what was measured is kept.", reason);
  }

  void lost(RuntimeException failure) {
    say("rocmforge: the partial record was not kept: %s", failure.getMessage());
  }

  /** The last two lines. */
  void files(BenchFiles files) {
    out.println(files.record());
    out.println(files.page());
    out.flush();
  }
}
