package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.BenchFiles;
import dev.rocmforge.bench.run.BenchPlan;
import dev.rocmforge.bench.run.BenchTask;
import dev.rocmforge.bench.run.Peer;
import dev.rocmforge.bench.run.PeerCheck;
import dev.rocmforge.bench.run.PeerRatio;
import dev.rocmforge.bench.run.PeerRun;
import dev.rocmforge.engine.Model;
import dev.rocmforge.reports.format.Quantity;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.CheckVerdict;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Throughput;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** {@code bench --peers}: outputs compared, then ours and other engines in turns. */
final class PeerBench {
  private static final String ROW = "%-16s %-12s %11s %11s %8s  %-16s  %s%n";

  private final BenchPlan plan;
  private final Model model;
  private final List<Peer> peers;
  private final BenchLines lines;
  private final PrintWriter out;
  private final List<CheckRecord> checks = new ArrayList<>();

  PeerBench(BenchPlan plan, Model model, List<Peer> peers, BenchLines lines, PrintWriter out) {
    this.plan = plan;
    this.model = model;
    this.peers = peers;
    this.lines = lines;
    this.out = out;
  }

  /** Whether each peer does the same work. */
  List<CheckRecord> check() {
    for (Peer peer : peers) {
      checks.add(new PeerCheck(plan, model).of(peer));
      lines.checked(checks.getLast());
    }
    return List.copyOf(checks);
  }

  /** All tasks; none where a check failed, for a ratio of different work says nothing. */
  List<PeerRun.Result> run() {
    List<PeerRun.Result> results = new ArrayList<>();
    if (checks.stream().noneMatch(check -> check.verdict() == CheckVerdict.FAILED)) {
      PeerRun run = new PeerRun(plan, model, peers, lines);
      for (BenchTask task : plan.tasks()) {
        results.add(run.run(task));
        lines.endProgress();
      }
    }
    return results;
  }

  static List<Measurement> measurements(List<PeerRun.Result> results) {
    return results.stream()
        .flatMap(result -> Stream.concat(Stream.of(result.ours()), result.peers().stream()))
        .toList();
  }

  /** A row a task and peer. */
  void table(List<PeerRun.Result> results, RunRecord record, BenchFiles files) {
    out.printf(
        ROW, "workload", "peer", "rocmforge", "peer", "ratio", "95 % interval", "peer's output");
    for (PeerRun.Result result : results) {
      for (int i = 0; i < peers.size(); i++) {
        row(result, i);
      }
    }
    if (results.isEmpty()) {
      out.println("no ratios: a peer does other work than ours, the check says where");
    }
    out.printf(
        "tokens/s, medians; ratio is rocmforge over peer, each run of the peer between two of ours;"
            + " output %s%n",
        record.correctness().label());
    lines.files(files);
  }

  private void row(PeerRun.Result result, int peer) {
    PeerRatio ratio = result.ratio(peer);
    boolean shown = checks.get(peer).verdict() == CheckVerdict.PASSED;
    out.printf(
        Locale.ROOT,
        ROW,
        result.task().name() + ", " + result.task().threads() + "t",
        peers.get(peer).name(),
        rate(result.ours()),
        rate(result.peers().get(peer)),
        "%.3f".formatted(ratio.speed().middle()),
        ratio.fewest()
            ? PeerRatio.LEAST_TURNS + " turns needed"
            : "%.3f to %.3f".formatted(ratio.speed().low(), ratio.speed().high()),
        shown ? "compared" : "NOT COMPARED");
  }

  private static String rate(Measurement measurement) {
    return Throughput.tokensPerSecond(measurement)
        .map(interval -> Quantity.rate(interval.middle()))
        .orElse("–");
  }
}
