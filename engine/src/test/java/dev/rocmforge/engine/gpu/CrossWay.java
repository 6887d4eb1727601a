package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One way to run a model on the device, every choice of the dispatch pinned.
 *
 * @param q8 single tokens take signed bytes where the weights are quantized
 * @param wave lanes, 32 or 64
 */
record CrossWay(
    Weights weights, Prefill prefill, boolean graph, int wave, KvType kvType, boolean q8) {
  /** Tokens of a pass where the prompt runs in passes. */
  static final int BATCH = 128;

  /** What the model's matrices are. */
  enum Weights {
    /** The oracle's file as it is. */
    F16,
    /** The same, quantized by the engine's own tool. */
    Q4_0
  }

  /** How a prompt runs. */
  enum Prefill {
    /** Token by token, by the decode kernels. */
    SINGLE,
    /** In passes, sums in f32. */
    BATCHED,
    /** In passes, products by matrix instructions of f16. */
    MATRIX
  }

  /** What the roundings of a way are; two ways of the same arithmetic pick the same tokens. */
  record Arithmetic(Weights weights, KvType kvType, String roundings) {
    @Override
    public String toString() {
      return weights + " weights, " + kvType.word() + " cache, " + roundings;
    }
  }

  /**
   * All ways. A recurrent model has no cache, so only one cache type; signed bytes concern single
   * tokens and the matrix instructions prompts, so the two are not crossed.
   */
  static List<CrossWay> all(boolean recurrent) {
    List<CrossWay> ways = new ArrayList<>();
    for (Weights weights : Weights.values()) {
      for (boolean q8 :
          weights == Weights.F16 ? new boolean[] {false} : new boolean[] {false, true}) {
        for (KvType kvType : recurrent ? List.of(KvType.F32) : List.of(KvType.F32, KvType.F16)) {
          for (Prefill prefill : Prefill.values()) {
            if (q8 && prefill == Prefill.MATRIX) {
              continue;
            }
            for (int wave : new int[] {32, 64}) {
              for (boolean graph : new boolean[] {true, false}) {
                ways.add(new CrossWay(weights, prefill, graph, wave, kvType, q8));
              }
            }
          }
        }
      }
    }
    return ways;
  }

  GpuOptions options() {
    return GpuOptions.DEFAULT
        .withWave(wave)
        .withGraph(on(graph))
        .withQ8Activations(on(q8))
        .withMatrix(on(prefill == Prefill.MATRIX))
        .withDot2(Choice.OFF)
        .withTuning(Choice.OFF);
  }

  private static Choice on(boolean value) {
    return value ? Choice.ON : Choice.OFF;
  }

  SessionOptions session(int capacity) {
    return new SessionOptions(capacity, prefill == Prefill.SINGLE ? 1 : BATCH, kvType);
  }

  /**
   * The most that logits behind a prompt of this length may differ from the reference, relative L2.
   * One token is a step.
   */
  double prefillBound(int layers, int length) {
    return length == 1 ? stepBound(layers) : prefillBound(layers);
  }

  /** The same for prompts of more than one token. */
  double prefillBound(int layers) {
    boolean half = prefill == Prefill.MATRIX || kvType == KvType.F16;
    return (half ? EmulatedGpu.HALF_BOUND : EmulatedGpu.FLOAT_BOUND)
        + (q8 && prefill == Prefill.SINGLE ? EmulatedGpu.q8Bound(layers) : 0);
  }

  /** The same for single tokens behind a prompt. */
  double stepBound(int layers) {
    boolean half = prefill == Prefill.MATRIX || kvType == KvType.F16;
    return (half ? EmulatedGpu.HALF_BOUND : EmulatedGpu.FLOAT_BOUND)
        + (q8 ? EmulatedGpu.q8Bound(layers) : 0);
  }

  /**
   * The graph changes no rounding. The wave changes the order of sums, which signed bytes turn from
   * a difference in the last bit into one of a step now and then.
   */
  Arithmetic arithmetic() {
    String roundings =
        Stream.of(
                q8 ? "q8 steps in waves of " + wave : "",
                q8 && prefill == Prefill.SINGLE ? "q8 prompt" : "",
                prefill == Prefill.MATRIX ? "f16 prompt" : "")
            .filter(word -> !word.isEmpty())
            .collect(Collectors.joining(", "));
    return new Arithmetic(weights, kvType, roundings.isEmpty() ? "f32 sums" : roundings);
  }

  /** Whether the tokens that it picks are compared; the matrix instructions concern prompts. */
  boolean generates() {
    return prefill != Prefill.MATRIX;
  }

  /** The way in the table's columns. */
  String key() {
    return String.join(
        "\t",
        weights.name(),
        q8 ? "q8" : "f32",
        kvType.word(),
        prefill.name(),
        graph ? "graph" : "launches",
        Integer.toString(wave));
  }
}
