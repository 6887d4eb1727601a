package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.quantize.QuantPlan;
import dev.rocmforge.engine.quantize.QuantRecipe;
import dev.rocmforge.engine.quantize.Quantizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quantize}: a model in another format. */
@Command(
    name = "quantize",
    description = {
      "Writes a model in another format, tensor by tensor as llama-quantize chooses.",
      "Where a row is no whole number of blocks another type stands in and is printed."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class QuantizeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "IN", description = "The model to read.")
  private String in;

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
  private Path out;

  @Parameters(
      index = "2",
      paramLabel = "TYPE",
      description = "A type (Q4_0, Q8_0, F16) or recipe (Q4_K_M); a wrong one lists all.")
  private String type;

  @Option(
      names = "--pure",
      description = "Every matrix in TYPE; refused where a row does not divide.")
  private boolean pure;

  @Override
  public Integer call() {
    QuantRecipe recipe = QuantRecipe.of(type);
    PrintWriter err = spec.commandLine().getErr();
    try (GgufFile model = GgufFile.open(ModelPlaces.standard().resolve(in))) {
      refuseOverwriting(model);
      QuantPlan plan = QuantPlan.of(model, recipe, pure);
      for (QuantPlan.Choice choice : plan.fallbacks()) {
        err.printf(
            "%s: rows of %d weights: %s instead of %s%n",
            choice.tensor().name(), choice.tensor().cols(), choice.type(), choice.wanted());
      }
      err.flush();
      try (ProgressLine progress = new ProgressLine("quantizing", -1)) {
        Quantizer.write(
            model, plan, out, (tensor, done, total) -> progress.at(done, total, tensor));
      }
      report(plan, err);
    }
    return ExitCode.DONE.code();
  }

  /** The source is mapped: writing into it would pull the ground away. */
  private void refuseOverwriting(GgufFile model) {
    for (Path file : model.files()) {
      try {
        if (Files.exists(out) && Files.isSameFile(file, out)) {
          throw new InputException(out + ": is the model to read; another file to write needed");
        }
      } catch (IOException e) {
        throw new InputException(out + ": cannot be looked at: " + e.getMessage(), e);
      }
    }
  }

  private void report(QuantPlan plan, PrintWriter err) {
    long before = plan.choices().stream().mapToLong(c -> c.tensor().data().byteSize()).sum();
    Map<QuantType, List<QuantPlan.Choice>> types =
        plan.choices().stream()
            .collect(
                Collectors.groupingBy(QuantPlan.Choice::type, TreeMap::new, Collectors.toList()));
    long after = 0;
    for (Map.Entry<QuantType, List<QuantPlan.Choice>> row : types.entrySet()) {
      long bytes =
          row.getValue().stream().mapToLong(c -> c.type().bytes(c.tensor().elements())).sum();
      after += bytes;
      err.printf("%-7s %4d tensors %14d bytes%n", row.getKey(), row.getValue().size(), bytes);
    }
    err.printf(
        Locale.ROOT,
        "%s: %d bytes of weights became %d (%.1f %%)%n",
        out,
        before,
        after,
        100.0 * after / before);
    err.flush();
  }
}
