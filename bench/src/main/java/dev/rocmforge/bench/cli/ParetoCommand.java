package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.pareto.Measurements;
import dev.rocmforge.bench.pareto.ParetoFrontier;
import dev.rocmforge.bench.pareto.ParetoPlan;
import dev.rocmforge.bench.pareto.ParetoPoint;
import dev.rocmforge.bench.pareto.ParetoSearch;
import dev.rocmforge.bench.run.Fingerprint;
import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.bench.run.ReportFiles;
import dev.rocmforge.bench.run.TokenIds;
import dev.rocmforge.bench.run.TokenSource;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.convert.Converter;
import dev.rocmforge.engine.convert.TensorForm;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import dev.rocmforge.reports.record.FrontierRecord;
import dev.rocmforge.reports.record.RecordCodec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pareto}: which form of which tensor pays. */
@Command(
    name = "pareto",
    description = {
      "Searches the forms that each tensor of a model may take and measures the frontier: bytes a"
          + " weight against divergence from the model as it is, over a text.",
      "Writes frontier.json, frontier.svg and, within a budget, best.rfm. A search that was"
          + " interrupted goes on where it was when it is called again."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ParetoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The model to search.")
  private String model;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "pareto",
      description = "Where results and measurements go (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Mixin private ParetoOptions options;

  @Override
  public Integer call() {
    OutputPlace.checkFolder(out);
    try (Model opened = Model.open(ModelPlaces.standard().resolve(model));
        VectorBackend backend = new VectorBackend()) {
      int[] tokens = opened.tokenizer().encode(options.text(), EncodeOptions.PLAIN);
      ParetoPlan plan = options.plan();
      long weights = opened.file().tensors().stream().mapToLong(GgufTensor::elements).sum();
      var method =
          new FrontierRecord.Method(
              TokenSource.sha256(TokenIds.of(tokens)),
              plan.seed(),
              plan.window(),
              plan.calibrationWindows(),
              plan.windows(),
              VectorBackend.vectorBits(),
              plan.forms().stream().map(TensorForm::word).toList());
      var subject = Fingerprint.of(opened);
      try (Measurements measurements =
              Measurements.open(
                  out.resolve("measurements.jsonl"), subject.sha256() + " " + subject(method));
          ProgressLine bar = new ProgressLine("pareto", -1)) {
        if (measurements.size() > 0) {
          say("going on after " + measurements.size() + " measurements");
        }
        var search =
            new ParetoSearch(
                opened,
                backend,
                tokens,
                plan,
                measurements,
                (round, what, done, total) -> show(bar, round, what, done, total));
        ParetoFrontier frontier = search.frontier(options.bytes(weights));
        if (options.nats().isPresent()) {
          frontier = search.narrow(options.nats().get());
        }
        var record =
            new FrontierRecord(FrontierRecord.SCHEMA_VERSION, subject, method, frontier.records());
        ReportFiles.put(out.resolve("frontier.json"), RecordCodec.pretty(record));
        ReportFiles.put(out.resolve("frontier.svg"), ParetoCharts.divergence(record));
        print(record);
        speeds(search, frontier, tokens);
        best(opened, search, frontier, weights);
      }
    }
    return ExitCode.DONE.code();
  }

  /** Everything that measurements depend on, besides the model. */
  private static String subject(FrontierRecord.Method method) {
    return "text %s seed %d window %d calibration %d windows %d bits %d"
        .formatted(
            method.textSha256(),
            method.seed(),
            method.window(),
            method.calibrationWindows(),
            method.windows(),
            method.vectorBits());
  }

  private void show(ProgressLine bar, String round, String what, int done, int total) {
    bar.at(done, total, round + ": " + what);
    if (!ProgressLine.terminal()) {
      say("%s %d/%d: %s".formatted(round, done, total, what));
    }
  }

  private void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }

  private void print(FrontierRecord record) {
    PrintWriter to = spec.commandLine().getOut();
    to.printf("%-22s %13s %10s %11s %11s%n", "POINT", "BYTES", "B/WEIGHT", "PREDICTED", "KL, NATS");
    record
        .points()
        .forEach(
            point ->
                to.printf(
                    Locale.ROOT,
                    "%-22s %13d %10.4f %11s %11.6f%s%n",
                    point.origin(),
                    point.bytes(),
                    point.bytesPerWeight(),
                    point.predictedNats() == 0
                        ? ""
                        : String.format(Locale.ROOT, "%.6f", point.predictedNats()),
                    point.divergenceNats(),
                    point.onFrontier() ? "  *" : ""));
    to.printf(
        "%d points, %d on the frontier (*)%n", record.points().size(), record.frontier().size());
    to.flush();
  }

  private void speeds(ParetoSearch search, ParetoFrontier frontier, int[] tokens) {
    if (options.speed() == 0) {
      return;
    }
    var speeds =
        frontier.best().stream()
            .map(point -> search.speed(point, tokens, options.speed()))
            .toList();
    ReportFiles.put(out.resolve("speed.tsv"), ParetoCharts.table(speeds));
    ReportFiles.put(out.resolve("speed.svg"), ParetoCharts.speed(speeds));
    say("decode times of " + speeds.size() + " points: " + out.resolve("speed.tsv"));
  }

  /** The best point within the budget as a model. */
  private void best(Model opened, ParetoSearch search, ParetoFrontier frontier, long weights) {
    Optional<ParetoPoint> best =
        options.bytes(weights).isPresent()
            ? frontier.within(options.bytes(weights).get())
            : options.nats().flatMap(frontier::near);
    if (options.bytes(weights).isEmpty() && options.nats().isEmpty()) {
      say("no budget given: no model written");
      return;
    }
    ParetoPoint point =
        best.orElseThrow(
            () -> new InputException("budget: none of the points measured lies within it"));
    Path file = out.resolve("best.rfm");
    new Converter(opened, tensor -> search.encode(tensor, point)).write(file, (_, _, _) -> {});
    say(
        String.format(
            Locale.ROOT,
            "%s: %s, %d bytes of weights, %.6f nats",
            file,
            point.origin(),
            point.bytes(),
            point.nats()));
  }
}
