package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.BenchFiles;
import dev.rocmforge.bench.run.BenchPlan;
import dev.rocmforge.bench.run.BenchTask;
import dev.rocmforge.bench.run.Drafting;
import dev.rocmforge.bench.run.Speculation;
import dev.rocmforge.bench.run.SpeculativeRun;
import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.sampling.SamplerOptions;
import dev.rocmforge.engine.speculative.SpeculationCounts;
import dev.rocmforge.reports.format.Quantity;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Comparison;
import dev.rocmforge.reports.stats.Distribution;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Throughput;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** {@code bench --draft-model}: plain decoding and decoding with drafts, in turns. */
final class SpeculativeBench {
  private static final String ROW = "%-10s %11s %11s %8s  %-16s %8s %9s%n";

  private final BenchPlan plan;
  private final Speculation speculation;
  private final BenchLines lines;
  private final PrintWriter out;

  SpeculativeBench(BenchPlan plan, Speculation speculation, BenchLines lines, PrintWriter out) {
    this.plan = plan;
    this.speculation = speculation;
    this.lines = lines;
    this.out = out;
  }

  /** Measures all prompts. */
  List<SpeculativeRun.Pair> run(Model model) {
    SessionOptions longest = plan.longestSession();
    List<SpeculativeRun.Pair> pairs = new ArrayList<>();
    try (Backend backend = plan.backends().apply(plan.tasks().getFirst().threads());
        Drafting drafting =
            Drafting.open(speculation, model, backend, longest, SamplerOptions.GREEDY);
        Session session = backend.open(model, longest)) {
      var run = new SpeculativeRun(plan, speculation, session, drafting);
      for (BenchTask task : plan.tasks()) {
        pairs.add(run.run(task, lines));
        lines.endProgress();
      }
    }
    return pairs;
  }

  /** That drafts change nothing but the time. */
  static CheckRecord check(List<SpeculativeRun.Pair> pairs) {
    String name = "text with drafts";
    List<String> other =
        pairs.stream()
            .filter(pair -> pair.samePlace() >= 0)
            .map(pair -> pair.prompt() + " from token " + pair.samePlace())
            .toList();
    List<Figure> figures = List.of(Figure.atMost("differing prompts", other.size(), 0));
    return other.isEmpty()
        ? CheckRecord.passed(name, figures)
        : CheckRecord.failed(name, "differs from plain: " + String.join(", ", other), figures);
  }

  static List<Measurement> measurements(List<SpeculativeRun.Pair> pairs) {
    return pairs.stream()
        .flatMap(pair -> java.util.stream.Stream.of(pair.plain(), pair.drafted()))
        .toList();
  }

  /** Prompts, kinds of prompts, and how deep drafts are confirmed. */
  void table(List<SpeculativeRun.Pair> pairs, RunRecord record, BenchFiles files) {
    out.printf(ROW, "prompt", "plain", "drafts", "ratio", "99 % interval", "a pass", "accepted");
    Map<String, List<SpeculativeRun.Pair>> kinds = new LinkedHashMap<>();
    for (SpeculativeRun.Pair pair : pairs) {
      row(pair);
      String kind = pair.prompt().replaceAll("-?\\d+$", "");
      kinds.computeIfAbsent(kind, _ -> new ArrayList<>()).add(pair);
    }
    kinds.put("all", pairs);
    kinds.forEach(this::kind);
    out.printf(
        "tokens/s; ratio is drafts over plain, of kinds the geometric mean; output %s%n",
        record.correctness().label());
    lines.files(files);
  }

  private void row(SpeculativeRun.Pair pair) {
    Interval ratio = ratio(pair);
    out.printf(
        Locale.ROOT,
        ROW,
        pair.prompt(),
        rate(pair.plain()),
        rate(pair.drafted()),
        "%.2f".formatted(ratio.middle()),
        "%.2f to %.2f".formatted(ratio.low(), ratio.high()),
        "%.2f".formatted(tokensPerPass(List.of(pair))),
        Quantity.percent(pair.counts().acceptance()));
  }

  private void kind(String kind, List<SpeculativeRun.Pair> pairs) {
    SpeculationCounts counts =
        pairs.stream()
            .map(SpeculativeRun.Pair::counts)
            .reduce(SpeculationCounts::plus)
            .orElseThrow();
    double ratio =
        Math.exp(pairs.stream().mapToDouble(p -> Math.log(ratio(p).middle())).average().orElse(0));
    List<String> places = new ArrayList<>();
    for (int i = 0; i < counts.drafted().size(); i++) {
      if (counts.drafted().get(i) > 0) {
        places.add(Quantity.percent((double) counts.accepted().get(i) / counts.drafted().get(i)));
      }
    }
    out.printf(
        Locale.ROOT,
        "%s: ratio %.3f, least %.3f; %.2f tokens a pass, %s of passes plain; accepted by place:"
            + " %s%n",
        kind,
        ratio,
        pairs.stream().mapToDouble(p -> ratio(p).middle()).min().orElse(0),
        tokensPerPass(pairs),
        Quantity.percent((double) counts.plainSteps() / counts.passes()),
        places.isEmpty() ? "none drafted" : String.join(", ", places));
  }

  private static double tokensPerPass(List<SpeculativeRun.Pair> pairs) {
    long passes = 0;
    long tokens = 0;
    for (SpeculativeRun.Pair pair : pairs) {
      passes += pair.counts().passes();
      // Each pass settles its confirmed tokens and one of the model's own.
      tokens += pair.counts().passes() + pair.counts().acceptedTokens();
    }
    return (double) tokens / passes;
  }

  /** Speed with drafts over speed without. */
  private static Interval ratio(SpeculativeRun.Pair pair) {
    Function<Measurement, Distribution> times = m -> Distribution.of(m.samples().totalNanos());
    return Comparison.of(
            times.apply(pair.drafted()), times.apply(pair.plain()), Comparison.Settings.DEFAULT)
        .ratio();
  }

  private static String rate(Measurement measurement) {
    return Throughput.tokensPerSecond(measurement)
        .map(interval -> Quantity.rate(interval.middle()))
        .orElse("–");
  }
}
