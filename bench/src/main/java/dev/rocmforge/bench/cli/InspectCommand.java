package dev.rocmforge.bench.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.bench.run.FloatFile;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.inspect.ModelSummary;
import dev.rocmforge.engine.inspect.WeightDifference;
import dev.rocmforge.engine.inspect.WeightScan;
import dev.rocmforge.engine.model.Matrix;
import dev.rocmforge.engine.rfm.RfmFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code inspect}: what any well-formed model file holds. */
@Command(
    name = "inspect",
    description = "Shows what a GGUF or .rfm file holds: metadata, tensors, bytes by type.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class InspectCommand implements Callable<Integer> {
  private static final int SHOWN_CHARACTERS = 100;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", arity = "0..1", description = "A GGUF or .rfm file, or a name.")
  private String model;

  @Option(names = "--json", description = "As JSON, nothing shortened but long arrays.")
  private boolean json;

  @Option(
      names = "--kv",
      paramLabel = "FILE",
      description = "A dump of --kv-dump; given twice, both are compared: exit 1 if they differ.")
  private List<Path> dumps = List.of();

  @Option(names = "--check", description = "Decode every weight: exit 1 on NaN or Inf.")
  private boolean check;

  @Option(names = "--tensor", paramLabel = "NAME", description = "Decode this tensor alone.")
  private String tensor;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to: little-endian f32, the contiguous dimension first.")
  private Path out;

  @Option(
      names = "--against",
      paramLabel = "MODEL",
      description =
          "The file that MODEL was made from: the error (NMSE) of every tensor, both decoded; exit"
              + " 1 if MODEL lacks one.")
  private String original;

  @Override
  public Integer call() {
    if ((tensor == null) != (out == null)) {
      throw new ParameterException(spec.commandLine(), "--tensor and --out go together");
    }
    if (!dumps.isEmpty()) {
      if (model != null || dumps.size() > 2) {
        throw new ParameterException(
            spec.commandLine(), "--kv goes without a model, once or twice");
      }
      return KvInspection.print(dumps, spec.commandLine().getOut());
    }
    if (model == null) {
      throw new ParameterException(spec.commandLine(), "MODEL or --kv FILE needed");
    }
    try (ModelFile file = ModelFile.open(ModelPlaces.standard().resolve(model))) {
      if (tensor != null) {
        return decode(file);
      }
      if (original != null) {
        return compare(file);
      }
      ModelSummary summary = ModelSummary.of(file);
      if (json) {
        printJson(summary);
      } else {
        print(summary);
      }
      return check ? scan(file) : ExitCode.DONE.code();
    }
  }

  private int decode(ModelFile file) {
    Matrix found =
        WeightDifference.matrix(file, tensor)
            .orElseThrow(
                () ->
                    new InputException(
                        file.path() + ": no tensor " + tensor + "; 'inspect' shows all"));
    try (FloatFile floats = FloatFile.create(out)) {
      float[] row = new float[found.cols()];
      for (long r = 0; r < found.rows(); r++) {
        found.decodeRow(r, row, 0);
        floats.write(row);
      }
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        "%s: %d weights of %s, %d rows of %d, as f32"
            .formatted(out, found.rows() * found.cols(), tensor, found.rows(), found.cols()));
    err.flush();
    return ExitCode.DONE.code();
  }

  private int compare(ModelFile file) {
    PrintWriter to = spec.commandLine().getOut();
    boolean whole = true;
    try (ModelFile right = ModelFile.open(ModelPlaces.standard().resolve(original))) {
      to.printf("%-45s %-34s %14s %12s%n", "TENSOR", "ENCODING", "BYTES", "NMSE");
      for (GgufTensor each : right.tensors()) {
        WeightDifference one = WeightDifference.of(each, file);
        whole &= one.present();
        to.printf(
            Locale.ROOT,
            "%-45s %-34s %14d %12s%n",
            one.tensor(),
            one.stored(),
            one.bytes(),
            one.nmse() == 0 ? "0" : String.format(Locale.ROOT, "%.4e", one.nmse()));
      }
    }
    to.flush();
    return (whole ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private int scan(ModelFile file) {
    PrintWriter err = spec.commandLine().getErr();
    WeightScan scan;
    long total = file.tensors().stream().mapToLong(GgufTensor::elements).sum();
    try (ProgressLine progress = new ProgressLine("checking", total)) {
      scan = WeightScan.of(file, done -> progress.at(done, total, "weights"));
    }
    scan.findings().forEach(finding -> err.println(file.path() + ": " + finding));
    List<String> damaged = file instanceof RfmFile rfm ? rfm.damaged() : List.of();
    damaged.forEach(line -> err.println(file.path() + ": " + line));
    err.println(
        "Checked %d weights in %d tensors: %s"
            .formatted(
                scan.weights(),
                scan.tensors(),
                scan.clean() ? "all finite" : scan.findings().size() + " tensors with NaN or Inf"));
    err.flush();
    return (scan.clean() && damaged.isEmpty() ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private void print(ModelSummary summary) {
    PrintWriter to = spec.commandLine().getOut();
    summary.files().forEach(file -> to.println("File: " + file));
    to.println(summary.container() + " version " + summary.version());
    to.println();
    for (ModelSummary.Pair pair : summary.metadata()) {
      to.printf("%-45s %-16s %s%n", pair.key(), pair.type(), shortened(pair.text()));
    }
    to.println();
    int width = summary.types().stream().mapToInt(row -> row.type().length()).reduce(8, Math::max);
    String line = "%-45s %-" + width + "s %-24s %14";
    to.printf(line + "s%n", "TENSOR", "TYPE", "SHAPE", "BYTES");
    for (ModelSummary.TensorRow row : summary.tensors()) {
      to.printf(line + "d%n", row.name(), row.type(), row.shape(), row.bytes());
    }
    to.println();
    String total = "%-" + width + "s %8";
    to.printf(total + "s %16s %16s%n", "TYPE", "TENSORS", "WEIGHTS", "BYTES");
    for (ModelSummary.TypeRow row : summary.types()) {
      to.printf(total + "d %16d %16d%n", row.type(), row.tensors(), row.parameters(), row.bytes());
    }
    to.printf(
        total + "d %16d %16d%n",
        "all",
        summary.tensors().size(),
        summary.parameters(),
        summary.weightBytes());
    to.flush();
  }

  /** Control characters of a file must not reach a terminal. */
  private static String shortened(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "·");
    return line.codePointCount(0, line.length()) <= SHOWN_CHARACTERS
        ? line
        : line.substring(0, line.offsetByCodePoints(0, SHOWN_CHARACTERS)) + "…";
  }

  private void printJson(ModelSummary summary) {
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    ObjectNode root = mapper.createObjectNode();
    ArrayNode files = root.putArray("files");
    summary.files().forEach(file -> files.add(file.toString()));
    root.put("container", summary.container());
    root.put(summary.container().toLowerCase(Locale.ROOT) + "Version", summary.version());
    root.put("parameters", summary.parameters());
    root.put("weightBytes", summary.weightBytes());
    ArrayNode metadata = root.putArray("metadata");
    for (ModelSummary.Pair pair : summary.metadata()) {
      metadata
          .addObject()
          .put("key", pair.key())
          .put("type", pair.type())
          .put("value", pair.text());
    }
    ArrayNode types = root.putArray("types");
    for (ModelSummary.TypeRow row : summary.types()) {
      types
          .addObject()
          .put("type", row.type())
          .put("tensors", row.tensors())
          .put("parameters", row.parameters())
          .put("bytes", row.bytes());
    }
    ArrayNode tensors = root.putArray("tensors");
    for (ModelSummary.TensorRow row : summary.tensors()) {
      ObjectNode node = tensors.addObject().put("name", row.name()).put("type", row.type());
      ArrayNode shape = node.putArray("shape");
      row.shape().forEach(shape::add);
      node.put("bytes", row.bytes()).put("file", row.file().toString()).put("offset", row.offset());
    }
    try {
      spec.commandLine().getOut().println(mapper.writeValueAsString(root));
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree of nodes always has a JSON form", e);
    }
  }
}
