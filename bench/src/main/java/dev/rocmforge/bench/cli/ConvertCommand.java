package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.compress.TruncatedSvd;
import dev.rocmforge.engine.convert.ConvertOptions;
import dev.rocmforge.engine.convert.ConvertedTensor;
import dev.rocmforge.engine.convert.Converter;
import dev.rocmforge.engine.convert.InputEnergy;
import dev.rocmforge.engine.convert.KvCalibration;
import dev.rocmforge.engine.gpu.guard.GuardOptions;
import dev.rocmforge.engine.gpu.guard.GuardedBackend;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
        "Fit the factors of --svd-k and --mpo-chi-max to what their inputs are like over this"
            + " text,",
        "and the projections of --kv-lora-dim (UTF-8; its first 2048 tokens, on the CPU)."
      })
  private Path calibration;

  @Mixin private EncodingOptions encodings;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    var options = encodings.options(calibration != null, line -> say(err, line));
    say(err, "[1/4] Opening model: " + in);
    try (Model model = Model.open(ModelPlaces.standard().resolve(in));
        GuardedBackend gpu = encodings.gpu() ? openGpu(err) : null) {
      refuseOverwriting(model.file());
      OutputPlace.checkFile(out);
      say(err, "[2/4] Reading metadata: " + model.config().name());
      TruncatedSvd svd =
          gpu == null ? TruncatedSvd.ON_HOST : new TruncatedSvd(gpu.decompositions());
      Converter converter = converter(model, options, svd);
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

  private static GuardedBackend openGpu(PrintWriter err) {
    return GuardedBackend.open(GuardOptions.of(System.getenv()), line -> say(err, line));
  }

  private Converter converter(Model model, ConvertOptions options, TruncatedSvd svd) {
    if (calibration == null) {
      return new Converter(model, options, InputEnergy.NONE, Optional.empty(), svd);
    }
    Object rank = options.metadata().get(EncodingOptions.KV_LORA_DIM);
    if (options.svdK().isEmpty() && options.mpoChiMax().isEmpty() && rank == null) {
      throw new InputException(
          "--calibration: --svd-k, --mpo-chi-max or --kv-lora-dim needed, none given");
    }
    var energy = new InputEnergy();
    var keyValues = new KvCalibration();
    boolean latent = rank != null;
    CalibrationText.run(
        model,
        calibration,
        (stage, layer, values, rows, cols, position) -> {
          energy.observe(stage, layer, values, rows, cols, position);
          if (latent) {
            keyValues.observe(stage, layer, values, rows, cols, position);
          }
        });
    return new Converter(
        model,
        options,
        energy,
        latent ? Optional.of(keyValues.fit((Integer) rank)) : Optional.empty(),
        svd);
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
