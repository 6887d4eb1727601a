package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.convert.ConvertOptions;
import dev.rocmforge.engine.convert.ConvertedTensor;
import dev.rocmforge.engine.convert.Converter;
import dev.rocmforge.engine.convert.InputEnergy;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convert}: a model as {@code .rfm}. */
@Command(
    name = "convert",
    description = {
      "Writes a model as .rfm; without options nothing is lost.",
      "The table at the end has bytes and error (NMSE) of every tensor."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ConvertCommand implements Callable<Integer> {
  private static final int CALIBRATION_TOKENS = 2048;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "IN", description = "The model to read.")
  private String in;

  @Parameters(index = "1", paramLabel = "OUT", description = "The .rfm file to write.")
  private Path out;

  @Option(names = "--dry-run", description = "Bytes and error of every tensor; writes nothing.")
  private boolean dryRun;

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = {
        "Fit the factors of --svd-k and --mpo-chi-max to what their inputs are like over this text",
        "(UTF-8; its first 2048 tokens, on the CPU)."
      })
  private Path calibration;

  @Mixin private EncodingOptions encodings;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    var options = encodings.options(line -> say(err, line));
    say(err, "[1/4] Opening model: " + in);
    try (Model model = Model.open(ModelPlaces.standard().resolve(in))) {
      refuseOverwriting(model.file());
      OutputPlace.checkFile(out);
      say(err, "[2/4] Reading metadata: " + model.config().name());
      var converter = new Converter(model, options, energy(model, options));
      say(err, "[3/4] " + (dryRun ? "Encoding, not writing" : "Encoding and writing"));
      List<ConvertedTensor> tensors;
      try (ProgressLine bar = new ProgressLine("converting", -1)) {
        Converter.Progress progress =
            (tensor, done, total) -> {
              bar.at(done, total, tensor.name());
              if (!ProgressLine.terminal()) {
                say(err, "  Packed tensor: " + tensor.name() + " with type " + tensor.encoding());
              }
            };
        tensors = dryRun ? converter.dryRun(progress) : converter.write(out, progress);
      }
      print(tensors);
      say(
          err,
          dryRun
              ? "[4/4] Nothing written: " + tensors.size() + " tensors"
              : "[4/4] Conversion successful! Saved " + tensors.size() + " tensors to: " + out);
    }
    return ExitCode.DONE.code();
  }

  /** What the inputs of the model's products are like over the calibration text. */
  private InputEnergy energy(Model model, ConvertOptions options) {
    if (calibration == null) {
      return InputEnergy.NONE;
    }
    if (options.svdK().isEmpty() && options.mpoChiMax().isEmpty()) {
      throw new InputException("--calibration: --svd-k or --mpo-chi-max needed, none given");
    }
    int[] all = model.tokenizer().encode(TextFile.read(calibration), EncodeOptions.PLAIN);
    if (all.length == 0) {
      throw new InputException(calibration + ": a text of 1 token or more needed, 0 found");
    }
    int[] tokens = Arrays.copyOf(all, Math.min(all.length, CALIBRATION_TOKENS));
    var energy = new InputEnergy();
    int window = Math.min(512, model.config().contextLength());
    try (VectorBackend backend = new VectorBackend();
        Session session =
            backend.open(model, SessionOptions.DEFAULT.withContextLength(window), energy)) {
      for (int from = 0; from < tokens.length; from += window) {
        session.rewind(0);
        int to = Math.min(tokens.length, from + window);
        session.forward(Arrays.copyOfRange(tokens, from, to), (_, _) -> {});
      }
    }
    return energy;
  }

  private static void say(PrintWriter err, String line) {
    err.println(line);
    err.flush();
  }

  /** The source is mapped: writing into it would pull the ground away. */
  private void refuseOverwriting(ModelFile model) {
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

  private void print(List<ConvertedTensor> tensors) {
    PrintWriter to = spec.commandLine().getOut();
    to.printf("%-45s %-34s %14s %12s%n", "TENSOR", "ENCODING", "BYTES", "NMSE");
    long before = 0;
    long after = 0;
    for (ConvertedTensor tensor : tensors) {
      to.printf(
          Locale.ROOT,
          "%-45s %-34s %14d %12s%s%n",
          tensor.name(),
          tensor.encoding(),
          tensor.bytes(),
          tensor.nmse() == 0 ? "0" : String.format(Locale.ROOT, "%.4e", tensor.nmse()),
          tensor.note().map(note -> "  " + note).orElse(""));
      before += tensor.sourceBytes();
      after += tensor.bytes();
    }
    to.printf(
        Locale.ROOT,
        "%d bytes of weights became %d (%.1f %%)%n",
        before,
        after,
        100.0 * after / before);
    to.flush();
  }
}
