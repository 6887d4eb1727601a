package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.model.CompressedMatrix;
import dev.rocmforge.engine.model.FeedForwardWeights;
import dev.rocmforge.engine.model.LayerWeights;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.Weights;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which weights go to the device and which of them lie in one tensor there. Matrices that are
 * always read together (Q, K and V; gate and up) are joined where type and width agree. Vectors are
 * decoded to f32 and lie in one buffer.
 */
final class WeightPlan {
  /**
   * Matrices of one type and width, row after row.
   *
   * @param name of the first one, for messages
   * @param parts in the order of their rows
   */
  record Matrix(String name, QuantType type, int columns, List<Tensor> parts) {
    Matrix {
      parts = List.copyOf(parts);
    }

    int rows() {
      return Math.toIntExact(parts.stream().mapToLong(Tensor::rows).sum());
    }

    long bytes() {
      return PlaneLayout.bytes(type, rows(), columns);
    }
  }

  /**
   * A vector of the file, or zeros where one of several biases is absent.
   *
   * @param source empty for zeros
   */
  record Vector(String name, int count, Optional<Tensor> source) {
    static Vector of(Tensor tensor) {
      int count = Math.toIntExact(tensor.rows() * tensor.cols());
      return new Vector(tensor.name(), count, Optional.of(tensor));
    }
  }

  /**
   * The experts of one layer, their router and the shared one apart.
   *
   * @param gate stack of {@code count} matrices, as {@code up} and {@code down}
   */
  record Experts(int count, Tensor gate, Tensor up, Tensor down) {
    /** Whether gate and up rows of an expert lie in one tensor on the device. */
    boolean joined() {
      return gate.type() == up.type();
    }
  }

  static final String STARTS = " row starts";
  static final String COLUMNS = " columns";
  static final String VALUES = " values";
  static final String U = " U";
  static final String V = " V";

  private final List<Matrix> matrices = new ArrayList<>();
  private final List<Experts> experts = new ArrayList<>();
  private final List<Matrix> expertStacks = new ArrayList<>();
  private int rotatedColumns;
  private int rank;
  private final Map<String, Vector> vectors = new LinkedHashMap<>();

  private WeightPlan() {}

  /**
   * What the model needs on the device.
   *
   * @throws InputException if a matrix has a type without kernels
   */
  static WeightPlan of(Model model) {
    var plan = new WeightPlan();
    Weights weights = model.weights();
    plan.matrix(weights.embeddings());
    if (!weights.tied()) {
      plan.matrix(weights.output());
    }
    plan.vector(weights.outputNorm());
    for (LayerWeights layer : weights.layers()) {
      switch (layer) {
        case LayerWeights.Transformer transformer -> plan.transformer(transformer);
        case LayerWeights.Mamba mamba -> plan.mamba(mamba);
      }
    }
    return plan;
  }

  /** The first tensor that has no kernels, with its type; empty if the model can run. */
  static Optional<String> unsupported(Model model) {
    try {
      of(model);
      return Optional.empty();
    } catch (InputException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Columns of the widest rotated matrix; 0 without one. */
  int rotatedColumns() {
    return rotatedColumns;
  }

  /** The largest rank of a compressed matrix; 0 without one. */
  int rank() {
    return rank;
  }

  List<Matrix> matrices() {
    return matrices;
  }

  /** Those that stay on the device where experts are paged. */
  List<Matrix> withoutExperts() {
    return matrices.stream().filter(matrix -> !expertStacks.contains(matrix)).toList();
  }

  /** By layer; empty without a mixture. */
  List<Experts> experts() {
    return List.copyOf(experts);
  }

  List<Vector> vectors() {
    return List.copyOf(vectors.values());
  }

  /** Bytes of the buffer that holds all vectors, each beginning at a multiple of 16 bytes. */
  long vectorBytes() {
    return vectors.values().stream().mapToLong(vector -> vectorBytes(vector.count())).sum();
  }

  static long vectorBytes(int count) {
    return (4L * count + 15) / 16 * 16;
  }

  private void transformer(LayerWeights.Transformer layer) {
    LayerWeights.Attention attention = layer.attention();
    vector(attention.norm());
    joined(attention.query(), attention.key(), attention.value());
    linear(attention.output());
    attention.queryNorm().ifPresent(this::vector);
    attention.keyNorm().ifPresent(this::vector);
    vector(layer.feedForwardNorm());
    switch (layer.feedForward()) {
      case FeedForwardWeights.Dense dense -> dense(dense);
      case FeedForwardWeights.Experts experts -> experts(experts);
    }
  }

  private void dense(FeedForwardWeights.Dense dense) {
    joined(dense.gate(), dense.up());
    linear(dense.down());
  }

  private void experts(FeedForwardWeights.Experts experts) {
    matrix(experts.router());
    int count = Math.toIntExact(experts.router().rows());
    long rows = experts.gate().rows() / count;
    Tensor gate = blocks(experts.gate());
    Tensor up = blocks(experts.up());
    Tensor down = blocks(experts.down());
    this.experts.add(new Experts(count, gate, up, down));
    int first = matrices.size();
    if (gate.type() == up.type()) {
      List<Tensor> parts = new ArrayList<>();
      for (int e = 0; e < count; e++) {
        parts.add(gate.slice(e * rows, rows));
        parts.add(up.slice(e * rows, rows));
      }
      matrix(parts);
    } else {
      matrix(gate);
      matrix(up);
    }
    matrix(down);
    expertStacks.addAll(matrices.subList(first, matrices.size()));
    experts
        .shared()
        .ifPresent(
            shared -> {
              blocks(shared.expert().gate().matrix());
              blocks(shared.expert().up().matrix());
              blocks(shared.expert().down().matrix());
              matrix(shared.router());
              dense(shared.expert());
            });
  }

  private void mamba(LayerWeights.Mamba layer) {
    for (Linear linear : List.of(layer.input(), layer.select(), layer.timeStep(), layer.output())) {
      blocks(linear.matrix());
    }
    vector(layer.norm());
    linear(layer.input());
    vector(layer.convolution().weight());
    layer.convolution().bias().ifPresent(this::vector);
    linear(layer.select());
    linear(layer.timeStep());
    vector(layer.decay());
    vector(layer.skip());
    linear(layer.output());
  }

  private void linear(Linear linear) {
    if (linear.matrix() instanceof CompressedMatrix compressed) {
      compressed(compressed);
    } else {
      matrix(blocks(linear.matrix()));
    }
    linear.bias().ifPresent(this::vector);
  }

  /** Biases of joined matrices follow one another without a gap, zeros where one is absent. */
  private void joined(Linear... linears) {
    if (Stream.of(linears).anyMatch(linear -> linear.matrix() instanceof CompressedMatrix)) {
      Stream.of(linears).forEach(this::linear);
      return;
    }
    Tensor first = blocks(linears[0].matrix());
    List<Tensor> parts = new ArrayList<>();
    boolean biased = false;
    for (Linear linear : linears) {
      parts.add(blocks(linear.matrix()));
      biased |= linear.bias().isPresent();
    }
    if (parts.stream().allMatch(part -> part.type() == first.type())) {
      matrix(parts);
    } else {
      parts.forEach(this::matrix);
    }
    if (biased) {
      for (Linear linear : linears) {
        vector(
            linear
                .bias()
                .map(Vector::of)
                .orElseGet(
                    () ->
                        new Vector(biasName(linear.weight()), linear.outputs(), Optional.empty())));
      }
    }
  }

  /** What a zero bias is called that the file does not have. */
  static String biasName(Tensor weight) {
    return weight.name() + " bias";
  }

  /** Index arrays travel as floats of the same bits. */
  private void compressed(CompressedMatrix matrix) {
    matrix.blocks().ifPresent(this::matrix);
    matrix
        .sparse()
        .ifPresent(
            part -> {
              words(matrix.name() + STARTS, MemorySegment.ofArray(part.starts()));
              words(matrix.name() + COLUMNS, MemorySegment.ofArray(part.columns()));
              words(matrix.name() + VALUES, MemorySegment.ofArray(part.values()));
            });
    matrix
        .lowRank()
        .ifPresent(
            part -> {
              words(matrix.name() + U, MemorySegment.ofArray(part.u()));
              words(matrix.name() + V, MemorySegment.ofArray(part.v()));
              rank = Math.max(rank, part.rank());
            });
    if (matrix.rotated()) {
      rotatedColumns = Math.max(rotatedColumns, matrix.cols());
    }
  }

  /** At least one word, so that every part has a place. */
  private void words(String name, MemorySegment words) {
    MemorySegment data = words.byteSize() == 0 ? MemorySegment.ofArray(new int[1]) : words;
    vector(new Tensor(name, QuantType.F32, 1, Math.toIntExact(data.byteSize() / 4), data));
  }

  private static Tensor blocks(dev.rocmforge.engine.model.Matrix matrix) {
    if (matrix instanceof Tensor tensor) {
      return tensor;
    }
    throw new InputException(
        "tensor %s: blocks of a type with GPU kernels needed, a compressed matrix found"
            .formatted(matrix.name()));
  }

  private void matrix(Tensor tensor) {
    matrix(List.of(tensor));
  }

  private void matrix(List<Tensor> parts) {
    Tensor first = parts.getFirst();
    if (!PlaneLayout.supports(first.type())) {
      throw new InputException(
          "tensor %s: a type with GPU kernels needed, %s found"
              .formatted(first.name(), first.type()));
    }
    matrices.add(new Matrix(first.name(), first.type(), first.cols(), parts));
  }

  private void vector(Tensor tensor) {
    vector(Vector.of(tensor));
  }

  private void vector(Vector vector) {
    vectors.putIfAbsent(vector.name(), vector);
  }
}
