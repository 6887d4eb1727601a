package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.quantize.QuantPlan;
import dev.rocmforge.engine.quantize.QuantRecipe;
import dev.rocmforge.engine.quantize.Quantizer;
import dev.rocmforge.engine.sampling.Sampler;
import dev.rocmforge.engine.sampling.SamplerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;

/** The scalar CPU backend's logits and tokens for one model, and what every way compares with. */
final class CrossReference implements AutoCloseable {
  /** Lengths of prompts; the longest is no multiple of anything. */
  static final List<Integer> LENGTHS = List.of(1, 33, 100, 513);

  /** Single tokens behind each prompt. */
  static final int STEPS = 3;

  /** Length of the prompt before generated tokens. */
  static final int PROMPT = 33;

  static final int GREEDY = 32;
  static final int SAMPLED = 128;

  static final int CAPACITY = LENGTHS.getLast() + STEPS;

  final Model model;
  final int[] tokens;
  private final Map<Integer, float[]> rows = new HashMap<>();

  /** What the reference chose by itself. */
  private final ExpertChoices own;

  private CrossReference(Model model, int[] tokens) {
    this.model = model;
    this.tokens = tokens;
    this.own = new ExpertChoices(model.config(), CAPACITY);
  }

  /** Opens the oracle in these weights; {@code folder} takes the quantized file. */
  static CrossReference open(Oracle oracle, CrossWay.Weights weights, Path folder, int count) {
    Path file =
        switch (weights) {
          case F16 -> oracle.model();
          case Q4_0 -> quantized(oracle, folder);
        };
    return new CrossReference(Model.open(file), tokens(oracle, count));
  }

  /** Rows that no block divides stay as they are. */
  private static Path quantized(Oracle oracle, Path folder) {
    Path file = folder.resolve(oracle.name() + "-q4_0.gguf");
    try (GgufFile source = GgufFile.open(oracle.model())) {
      List<QuantPlan.Choice> choices =
          source.tensors().stream()
              .map(
                  tensor -> {
                    boolean changes =
                        tensor.type() == QuantType.F16
                            && tensor.cols() % QuantType.Q4_0.blockSize() == 0;
                    QuantType type = changes ? QuantType.Q4_0 : tensor.type();
                    return new QuantPlan.Choice(tensor, type, type);
                  })
              .toList();
      Quantizer.write(source, new QuantPlan(QuantRecipe.Q4_0, choices), file, (_, _, _) -> {});
    }
    return file;
  }

  /** The oracle's longest prompt, carried on. */
  private static int[] tokens(Oracle oracle, int count) {
    int[] given = oracle.runs().getLast().ids();
    int vocabulary = oracle.runs().getLast().logits().getFirst().length;
    int[] tokens = Arrays.copyOf(given, count);
    for (int i = given.length; i < count; i++) {
      tokens[i] = (tokens[i - given.length] * 37 + i) % vocabulary;
    }
    return tokens;
  }

  int layers() {
    return model.config().layerCount();
  }

  /** Whether tokens choose experts. */
  boolean mixed() {
    return ExpertChoices.mixture(model.config()).isPresent();
  }

  /**
   * The reference's logits for a run on the device.
   *
   * @param own rows by position, the reference's experts
   * @param rows rows by position, the device's experts; the same ones where all choices agree
   * @param turned choices in which the device differs
   * @param clearest {@link RouterSteering#clearest()}
   */
  record Expected(
      Map<Integer, float[]> own, Map<Integer, float[]> rows, int turned, double clearest) {}

  /**
   * The reference's logits, every token with the experts that the device chose for it.
   *
   * @param count tokens that the device ran
   * @param bound by position, the most that the device may err
   */
  Expected expected(ExpertChoices choices, int count, IntToDoubleFunction bound) {
    if (rows.isEmpty()) {
      rows.putAll(
          run(
              CAPACITY,
              (stage, layer, values, tokens, experts, first) -> {
                for (int i = 0; stage == Stage.ROUTER && i < tokens; i++) {
                  own.set(layer, first + i, own.best(values, i * experts, experts));
                }
              }));
    }
    if (own.same(choices, count)) {
      return new Expected(rows, rows, 0, 0);
    }
    var steering = new RouterSteering(choices, bound);
    Map<Integer, float[]> steered = run(count, steering);
    return new Expected(rows, steered, steering.turned(), steering.clearest());
  }

  /** Logits of the first tokens, of the positions that are compared. */
  private Map<Integer, float[]> run(int count, Probe probe) {
    Map<Integer, float[]> found = new HashMap<>();
    try (ScalarBackend scalar = new ScalarBackend();
        Session session =
            scalar.open(model, new SessionOptions(CAPACITY, 128, KvType.F32), probe)) {
      session.forward(
          Arrays.copyOf(tokens, count),
          (at, logits) -> {
            if (LENGTHS.stream().anyMatch(length -> at >= length - 1 && at < length + STEPS)) {
              found.put(at, logits.clone());
            }
          });
    }
    return found;
  }

  /**
   * Tokens behind the prompt.
   *
   * @param tokens picked greedily, then sampled
   * @param logits that each of them was picked from
   */
  record Generated(List<int[]> tokens, List<float[]> logits) {}

  /**
   * What a session generates.
   *
   * @param passed is given the number of tokens of each pass behind it
   */
  Generated generate(Session session, boolean singles, IntConsumer passed) {
    session.rewind(0);
    float[] first = prefill(session, singles, PROMPT, passed);
    return pick(
        first,
        token -> {
          float[] next = session.step(token);
          passed.accept(1);
          return next;
        });
  }

  Generated generate(Session session, boolean singles) {
    return generate(session, singles, _ -> {});
  }

  private Generated pick(float[] first, IntFunction<float[]> step) {
    List<float[]> rows = new ArrayList<>();
    float[] logits = first;
    int[][] picked = {new int[GREEDY], new int[SAMPLED]};
    SamplerOptions[] options = {SamplerOptions.GREEDY, SamplerOptions.DEFAULT.withSeed(7)};
    for (int part = 0; part < picked.length; part++) {
      var sampler = new Sampler(options[part], model.config().vocabularySize());
      for (int i = 0; i < picked[part].length; i++) {
        rows.add(logits.clone());
        picked[part][i] = sampler.sample(logits);
        logits = step.apply(picked[part][i]);
      }
    }
    return new Generated(List.of(picked), rows);
  }

  /** What the reference picks, place by place, if the device's tokens and experts are its own. */
  Generated forced(KvType kvType, RouterSteering steering, List<int[]> generated) {
    try (ScalarBackend scalar = new ScalarBackend();
        Session session = scalar.open(model, new SessionOptions(CAPACITY, 128, kvType), steering)) {
      int[] given = generated.stream().flatMapToInt(Arrays::stream).toArray();
      float[] first = session.prefill(Arrays.copyOf(tokens, PROMPT));
      return pick(first, _ -> session.step(given[session.position() - PROMPT]));
    }
  }

  float[] prefill(Session session, boolean singles, int length) {
    return prefill(session, singles, length, _ -> {});
  }

  /** The first tokens of the prompt, in passes or one by one. */
  float[] prefill(Session session, boolean singles, int length, IntConsumer passed) {
    if (!singles) {
      float[] logits = session.prefill(Arrays.copyOf(tokens, length));
      passed.accept(length);
      return logits;
    }
    float[] logits = new float[0];
    for (int i = 0; i < length; i++) {
      logits = session.step(tokens[i]);
      passed.accept(1);
    }
    return logits;
  }

  @Override
  public void close() {
    model.close();
  }
}
