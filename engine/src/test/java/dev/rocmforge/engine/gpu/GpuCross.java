package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.engine.model.MambaBlocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every oracle in every way on the emulated device, against the scalar CPU backend. {@code
 * ci/gpu-full} starts it.
 *
 * <p>Arguments: {@code FOLDER [MODEL]...}. Results are appended to {@code FOLDER/cells.tsv}; a way
 * that stands there is not run again, so that an interrupted run goes on. {@code FOLDER/table.md}
 * is written anew from the cells. Exit code 1 if an error passes its bound or two ways of the same
 * arithmetic pick different tokens.
 */
final class GpuCross {
  private static final List<String> NONE = List.of("-", "-");

  private final Path cells;
  private final Map<String, CrossRow> done = new LinkedHashMap<>();
  private final long began = System.nanoTime();
  private int ran;
  private int total;

  private GpuCross(Path folder) throws IOException {
    Files.createDirectories(folder);
    this.cells = folder.resolve("cells.tsv");
    if (Files.exists(cells)) {
      for (String line : Files.readAllLines(cells)) {
        CrossRow row = CrossRow.of(line);
        done.put(row.model() + "\t" + row.way(), row);
      }
    }
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    List<String> only = List.of(arguments).subList(1, arguments.length);
    List<Oracle> oracles =
        Oracle.all().stream()
            .filter(oracle -> only.isEmpty() || only.contains(oracle.name()))
            .toList();
    GpuCross cross = new GpuCross(folder);
    Path scratch = Files.createTempDirectory("gpu-cross");
    int cells = 0;
    for (Oracle oracle : oracles) {
      cross.total += ways(oracle).size();
      for (CrossWay way : ways(oracle)) {
        cells += lengths(oracle, way).size();
      }
    }
    for (Oracle oracle : oracles) {
      for (CrossWay.Weights weights : CrossWay.Weights.values()) {
        cross.run(oracle, weights, scratch);
      }
    }
    LongPrompts prompts = new LongPrompts(folder);
    for (Oracle oracle : oracles) {
      prompts.run(oracle, scratch);
    }
    CrossTable table = new CrossTable(List.copyOf(cross.done.values()));
    List<String> faults = new ArrayList<>(table.faults());
    faults.addAll(prompts.faults());
    String text = table.markdown() + "\n" + prompts.markdown();
    Files.writeString(folder.resolve("table.md"), text);
    System.out.print(text);
    faults.forEach(System.out::println);
    System.out.printf(
        "%d models, %d ways, %d cells, %d prompts of %d tokens, %d faults%n",
        oracles.size(), cross.total, cells, prompts.count(), LongPrompts.TOKENS, faults.size());
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  static List<CrossWay> ways(Oracle oracle) {
    return CrossWay.all(oracle.name().contains("mamba"));
  }

  private void run(Oracle oracle, CrossWay.Weights weights, Path scratch) throws IOException {
    List<CrossWay> missing =
        ways(oracle).stream()
            .filter(way -> way.weights() == weights)
            .filter(way -> !done.containsKey(oracle.name() + "\t" + way.key()))
            .toList();
    if (missing.isEmpty()) {
      return;
    }
    try (CrossReference reference =
        CrossReference.open(oracle, weights, scratch, CrossReference.CAPACITY)) {
      boolean recurrent = reference.model.config().blocks() instanceof MambaBlocks;
      if (recurrent != oracle.name().contains("mamba")) {
        throw new AssertionError(oracle + ": recurrent " + recurrent);
      }
      for (KvType kvType : recurrent ? new KvType[] {KvType.F32} : KvType.values()) {
        scalar(oracle, weights, reference, kvType);
      }
      for (CrossWay way : missing) {
        String scalar = CrossTable.scalarKey(weights, way.kvType());
        List<String> tokens = done.get(oracle.name() + "\t" + scalar).tokens();
        add(measure(oracle, way, reference, tokens));
        progress(oracle, way);
      }
    }
  }

  /** The scalar backend's tokens stand beside those of the f32 ways; its row has no errors. */
  private void scalar(
      Oracle oracle, CrossWay.Weights weights, CrossReference reference, KvType kvType)
      throws IOException {
    String key = CrossTable.scalarKey(weights, kvType);
    if (done.containsKey(oracle.name() + "\t" + key)) {
      return;
    }
    long from = System.nanoTime();
    try (ScalarBackend backend = new ScalarBackend();
        var session =
            backend.open(
                reference.model, new SessionOptions(CrossReference.CAPACITY, 128, kvType))) {
      List<String> tokens = hashes(reference.generate(session, false).tokens());
      add(
          new CrossRow(
              oracle.name(),
              key,
              List.of(),
              List.of(),
              CrossRow.Experts.SAME,
              tokens,
              seconds(from)));
    }
  }

  private static CrossRow measure(
      Oracle oracle, CrossWay way, CrossReference reference, List<String> scalar) {
    long from = System.nanoTime();
    boolean singles = way.prefill() == CrossWay.Prefill.SINGLE;
    List<Integer> lengths = lengths(oracle, way);
    HipSettings settings = HipSettings.of(System.getenv()).withKind(RuntimeKind.CPU_EMULATION);
    try (GpuBackend backend = GpuBackend.open(settings, way.options());
        GpuSession session = backend.open(reference.model, way.session(CrossReference.CAPACITY))) {
      List<Double> behindPrompts = new ArrayList<>();
      List<Double> behindSteps = new ArrayList<>();
      CrossRow.Experts experts = CrossRow.Experts.SAME;
      CrossRun run = null;
      for (int length : lengths) {
        if (run == null || !singles) {
          session.rewind(0);
          run = new CrossRun(session, reference, way, singles ? lengths.getLast() : length);
          experts = experts.and(run.experts());
        }
        behindPrompts.add(run.error(length - 1));
        double most = Math.max(run.error(length), run.error(length + 1));
        behindSteps.add(Math.max(most, run.error(length + 2)));
      }
      List<String> tokens = NONE;
      if (way.generates()) {
        var generated = new CrossTokens(session, reference, way, scalar);
        experts = experts.and(generated.experts());
        tokens = generated.tokens();
      }
      return new CrossRow(
          oracle.name(), way.key(), behindPrompts, behindSteps, experts, tokens, seconds(from));
    }
  }

  /** The longest prompt runs token by token for one model only. */
  static List<Integer> lengths(Oracle oracle, CrossWay way) {
    List<Integer> all = CrossReference.LENGTHS;
    boolean long513 =
        way.prefill() != CrossWay.Prefill.SINGLE || oracle.name().equals("qwen2-tied");
    return long513 ? all : all.subList(0, all.size() - 1);
  }

  static List<String> hashes(List<int[]> generated) {
    return generated.stream().map(CrossRow::hash).toList();
  }

  private static double seconds(long from) {
    return (System.nanoTime() - from) / 1e9;
  }

  private void add(CrossRow row) throws IOException {
    Files.writeString(
        cells, row.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    done.put(row.model() + "\t" + row.way(), row);
  }

  private void progress(Oracle oracle, CrossWay way) {
    ran++;
    long ways = done.keySet().stream().filter(key -> !key.contains("scalar")).count();
    double left = seconds(began) / ran * (total - ways) / 60;
    CrossRow row = done.get(oracle.name() + "\t" + way.key());
    System.err.printf(
        "[%d/%d] %s %s: %.1f s, about %.0f min left%n",
        ways, total, oracle.name(), way.key().replace('\t', ' '), row.seconds(), left);
  }
}
