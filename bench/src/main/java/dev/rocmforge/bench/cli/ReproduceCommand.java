package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.DocumentedBenchmark;
import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.bench.run.ReportFiles;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.format.HtmlReproduction;
import dev.rocmforge.reports.format.MarkdownReproduction;
import dev.rocmforge.reports.format.Reproduction;
import dev.rocmforge.reports.record.Correctness;
import dev.rocmforge.reports.record.DeviceRuntime;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code reproduce}: the documented figures beside those of this machine. */
@Command(
    name = "reproduce",
    description = {
      "Runs the documented benchmarks exactly, each in a process of its own with its variables, and"
          + " sets documented and measured figures side by side.",
      "Exit code 3 if a model is missing: the message says how to get it."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ReproduceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      description = "05b-graph, 05b-plain or 7b (default: all).")
  private List<String> only = List.of();

  @Option(
      names = "--synthetic",
      description = "Random weights of the exact shapes; the page says so.")
  private boolean synthetic;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "05b=FILE",
      description = "Run this file for 05b or 7b; the page says so. Repeatable.")
  private Map<String, Path> given = Map.of();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "gpu",
      description = "gpu, vector or scalar (default: gpu, as documented).")
  private BackendChoice backend;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "Fewer runs than documented, for a trial; the page says so.")
  private Integer runs;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "Fewer tokens than documented, for a trial; the page says so.")
  private Integer tokens;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "rocmforge-reproduce",
      description =
          "Folder for models made here, records and the page (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<DocumentedBenchmark> chosen = chosen();
    for (Map.Entry<String, Path> file : given.entrySet()) {
      if (!List.of("05b", "7b").contains(file.getKey())) {
        throw new ParameterException(
            spec.commandLine(), "--model: 05b=FILE or 7b=FILE needed, " + file.getKey());
      }
    }
    DocumentedModels models =
        new DocumentedModels(ModelPlaces.standard(), out.resolve("models"), given, synthetic);
    models.check(chosen);
    OutputPlace.checkFolder(out.resolve("models"));
    List<Reproduction> done = new ArrayList<>();
    for (DocumentedBenchmark benchmark : chosen) {
      for (DocumentedModels.Weighed file : models.files(benchmark.weights(), this::say)) {
        say(benchmark.title() + ": " + file.path().getFileName() + ", " + file.note());
        Optional<RunRecord> record = measure(benchmark, file.path());
        if (record.isEmpty()) {
          return ExitCode.ENVIRONMENT.code();
        }
        done.add(reproduction(benchmark, file, record.get()));
      }
    }
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(MarkdownReproduction.of(done));
    stdout.println(ReportFiles.put(out.resolve("reproduce.html"), HtmlReproduction.page(done)));
    stdout.flush();
    boolean wrong = done.stream().anyMatch(r -> r.run().correctness() == Correctness.FAILED);
    return (wrong ? ExitCode.FAILED : ExitCode.DONE).code();
  }

  private List<DocumentedBenchmark> chosen() {
    for (String word : only) {
      if (Arrays.stream(DocumentedBenchmark.values()).noneMatch(b -> b.word().equals(word))) {
        throw new ParameterException(
            spec.commandLine(), "--only: 05b-graph, 05b-plain or 7b needed, '" + word + "' given");
      }
    }
    return Arrays.stream(DocumentedBenchmark.values())
        .filter(benchmark -> only.isEmpty() || only.contains(benchmark.word()))
        .toList();
  }

  private void say(String line) {
    spec.commandLine().getErr().println(line);
    spec.commandLine().getErr().flush();
  }

  private Reproduction reproduction(
      DocumentedBenchmark benchmark, DocumentedModels.Weighed file, RunRecord record) {
    List<String> caveats = new ArrayList<>(benchmark.caveats());
    if (synthetic || given.containsKey(benchmark.weights().word())) {
      caveats.clear();
      caveats.add("Not the documented model: " + file.note() + ".");
    }
    DeviceRuntime runtime = record.subject().deviceRuntime();
    if (runtime != DeviceRuntime.AMD) {
      caveats.add(
          "Ran on the device runtime %s, which is no AMD card: the ratio says nothing."
              .formatted(runtime.label()));
    }
    if (runs != null || tokens != null) {
      caveats.add(
          "A trial: %d runs of %d tokens, documented are %d of %d."
              .formatted(runs(benchmark), tokens(benchmark), benchmark.runs(), benchmark.tokens()));
    }
    return new Reproduction(
        benchmark.title(), file.note(), benchmark.prefill(), benchmark.decode(), record, caveats);
  }

  private int runs(DocumentedBenchmark benchmark) {
    return runs == null ? benchmark.runs() : runs;
  }

  private int tokens(DocumentedBenchmark benchmark) {
    return tokens == null ? benchmark.tokens() : tokens;
  }

  /** Runs {@code bench} in a process that has the variables; empty if it left no record. */
  private Optional<RunRecord> measure(DocumentedBenchmark benchmark, Path file)
      throws IOException, InterruptedException {
    List<String> words =
        List.of(
            "bench",
            "--preset",
            "documented",
            "--backend",
            backend.kind().label(),
            "-m",
            file.toString(),
            "-r",
            "" + runs(benchmark),
            "--warmup",
            "" + benchmark.warmUps(),
            "-n",
            "" + tokens(benchmark),
            "--out",
            out.resolve("records").toString());
    OwnProcess.Result result = OwnProcess.run(words, benchmark.variables());
    List<String> lines = result.out().lines().toList();
    boolean measured =
        result.code() == ExitCode.DONE.code() || result.code() == ExitCode.FAILED.code();
    if (!measured || lines.size() < 2 || !lines.get(lines.size() - 2).endsWith(".json")) {
      say(benchmark.word() + ": no record, exit code " + result.code());
      return Optional.empty();
    }
    Path record = Path.of(lines.get(lines.size() - 2));
    if (!Files.exists(record)) {
      throw new InputException(record + ": the record that bench named is not there");
    }
    return Optional.of(RecordCodec.read(record.toString(), Files.readString(record)));
  }
}
