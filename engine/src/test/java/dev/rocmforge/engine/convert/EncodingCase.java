package dev.rocmforge.engine.convert;

import dev.rocmforge.engine.compress.Hadamard;
import dev.rocmforge.engine.compress.LowRank;
import dev.rocmforge.engine.gguf.GgufMetadata;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.model.CompressedMatrix;
import dev.rocmforge.engine.model.Matrix;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.rfm.RfmEncoding;
import dev.rocmforge.engine.rfm.RfmFile;
import dev.rocmforge.engine.rfm.RfmJsonTree;
import dev.rocmforge.engine.rfm.RfmMetadata;
import dev.rocmforge.engine.rfm.RfmWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * One encoding of one shape: encoded, written to a file and read back, with the error that its
 * definition allows a product.
 *
 * @param experts matrices in the stack, 0 for a plain matrix
 */
public record EncodingCase(Kind kind, int experts, int rows, int cols) {
  /** Rank of factors: beyond what fixed buffers of 64 would hold. */
  static final int RANK = 80;

  static final double PRUNE = 0.5;
  static final int EXPERTS = 3;
  static final String NAME = "blk.0.ffn_down.weight";

  /** How to make it, and where its error comes from. */
  public enum Kind {
    SVD_QUANT(s -> TensorEncoder.svdQuant(s, Factoring.PLAIN, RANK)),
    SVD_SPARSE(s -> TensorEncoder.svdSparse(s, Factoring.PLAIN, RANK, PRUNE, 1).orElseThrow()),
    SPARSE(s -> TensorEncoder.sparse(s, PRUNE, 1).orElseThrow()),
    MPO(s -> TensorEncoder.mpo(s, Factoring.PLAIN, RANK)),
    MQ4(s -> TensorEncoder.rotated(s, QuantType.Q4_0, new RfmEncoding.Mq4())),
    MQ6(s -> TensorEncoder.rotated(s, QuantType.Q6_K, new RfmEncoding.Mq6())),
    EXPERT_SVD(s -> TensorEncoder.experts(s, Factoring.PLAIN, RANK, false, PRUNE, 1).orElseThrow()),
    EXPERT_SVD_FWHT(
        s -> TensorEncoder.experts(s, Factoring.PLAIN, RANK, true, PRUNE, 1).orElseThrow()),
    EXPERT_MPO(s -> TensorEncoder.mpo(s, Factoring.PLAIN, RANK)),
    EXPERT_MQ4(s -> TensorEncoder.rotated(s, QuantType.Q4_0, new RfmEncoding.Mq4()));

    @SuppressWarnings("ImmutableEnumChecker") // a pure function
    private final Function<DenseSource, EncodedTensor> encode;

    Kind(Function<DenseSource, EncodedTensor> encode) {
      this.encode = encode;
    }
  }

  private static final Map<EncodingCase, DenseSource> SOURCES = new ConcurrentHashMap<>();
  private static final Map<EncodingCase, EncodedTensor> ENCODED = new ConcurrentHashMap<>();
  private static final Map<EncodingCase, Double> MISSED = new ConcurrentHashMap<>();

  /** Every kind, square, tall and wide. */
  public static List<EncodingCase> all() {
    List<EncodingCase> cases = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      int experts = kind.name().startsWith("EXPERT") ? EXPERTS : 0;
      int side = kind == Kind.MQ6 ? 256 : 128;
      cases.add(new EncodingCase(kind, experts, side, side));
      cases.add(new EncodingCase(kind, experts, 320, side));
      cases.add(new EncodingCase(kind, experts, 96, 512));
    }
    return cases;
  }

  /** Weights with a few strong directions and a wide floor, as trained ones have. */
  public DenseSource source() {
    return SOURCES.computeIfAbsent(this, EncodingCase::made);
  }

  private DenseSource made() {
    var random = new Random(kind.name().hashCode() + rows);
    int count = Math.max(1, experts) * rows * cols;
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * (1 + 3 * Math.abs(Math.sin(i % cols))));
    }
    List<Long> shape =
        experts == 0
            ? List.of((long) cols, (long) rows)
            : List.of((long) cols, (long) rows, (long) experts);
    return DenseSource.of(
        new GgufTensor(
            NAME, QuantType.F32, shape, MemorySegment.ofArray(values), Path.of("memory"), 0));
  }

  /** As the encoder says that it will be read. */
  public EncodedTensor encoded() {
    return ENCODED.computeIfAbsent(this, example -> kind.encode.apply(source()));
  }

  /** Writes a file with this tensor alone and opens it. */
  public RfmFile written(Path file) {
    EncodedTensor encoded = encoded();
    var metadata =
        new RfmMetadata(
            new GgufMetadata(file, Map.of()), RfmJsonTree.of("{\"layout\": {}}"), Map.of());
    List<String> names = encoded.parts().stream().map(EncodedTensor.Part::name).toList();
    try (RfmWriter writer = RfmWriter.create(file, metadata, names)) {
      encoded.parts().forEach(p -> writer.append(p.name(), p.dims(), p.encoding(), p.bytes()));
      writer.finish();
    }
    return RfmFile.open(file);
  }

  /** A vector of activations. */
  public float[] input(int seed) {
    var random = new Random(seed);
    float[] x = new float[cols];
    for (int i = 0; i < cols; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  /** {@code W x} of the weights before they were encoded, in double. */
  public double[] exact(int expert, float[] x) {
    float[] w = source().matrix(expert);
    double[] y = new double[rows];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        y[r] += (double) w[r * cols + c] * x[c];
      }
    }
    return y;
  }

  /** Most squared error over squared result that the encoding's definition allows. */
  public double bound(Matrix decoded, int expert, float[] x) {
    double norm = 0;
    for (double y : exact(expert, x)) {
      norm += y * y;
    }
    if (kind == Kind.MPO || kind == Kind.EXPERT_MPO) {
      double missed = 1.02 * MISSED.computeIfAbsent(this, EncodingCase::singularValue) * length(x);
      return missed * missed / norm;
    }
    var matrix = (CompressedMatrix) decoded.slice((long) expert * rows, rows);
    float[] turned = x.clone();
    if (matrix.rotated()) {
      Hadamard.rotate(turned, 0, cols);
    }
    double error = 0;
    for (int r = 0; r < rows; r++) {
      double most = 0;
      double[] steps = steps(matrix, expert, r);
      for (int c = 0; c < cols; c++) {
        most += steps[c] * Math.abs(turned[c]);
      }
      error += most * most;
    }
    return error / norm;
  }

  /** Most error of each weight of a row, in the rotated domain where there is one. */
  private double[] steps(CompressedMatrix matrix, int expert, int row) {
    double[] steps = new double[cols];
    if (matrix.blocks().isEmpty()) {
      Arrays.fill(steps, PRUNE * (1 + 1e-6) + 1e-5);
      return steps;
    }
    float[] r = Arrays.copyOfRange(source().matrix(expert), row * cols, (row + 1) * cols);
    if (matrix.rotated()) {
      Hadamard.rotate(r, 0, cols);
    }
    if (matrix.lowRank().isPresent()) {
      float[] factors = new float[cols];
      matrix.lowRank().get().addRow(row, factors, 0);
      for (int c = 0; c < cols; c++) {
        r[c] -= factors[c];
      }
    }
    boolean six = matrix.blocks().get().type() == QuantType.Q6_K;
    int group = six ? 16 : 32;
    for (int c = 0; c < cols; c++) {
      double near = largest(r, c / group * group, group);
      // Q4_0: a step is an eighth of the largest, a whole one where the code is clipped.
      // Q6_K: a 32nd of its group's largest, and half a 127th of the block's largest scale.
      double step = six ? near / 32 + largest(r, c / 256 * 256, 256) / 254 : near / 8;
      steps[c] = step * (1 + 0x1p-7);
    }
    return steps;
  }

  private static double largest(float[] values, int from, int count) {
    double largest = 0;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }

  /** The largest singular value that the rank leaves out, over all experts. */
  private double singularValue() {
    double largest = 0;
    for (int e = 0; e < Math.max(1, experts); e++) {
      float[] w = source().matrix(e);
      double[][] rowsOf = new double[rows][cols];
      for (int i = 0; i < w.length; i++) {
        rowsOf[i / cols][i % cols] = w[i];
      }
      double[] sigma =
          new SingularValueDecomposition(new Array2DRowRealMatrix(rowsOf, false))
              .getSingularValues();
      largest = Math.max(largest, sigma[RANK]);
    }
    return largest;
  }

  private static double length(float[] x) {
    double sum = 0;
    for (float value : x) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  /** The factors, for rank checks. */
  static int rank(CompressedMatrix matrix) {
    return matrix.lowRank().map(LowRank::rank).orElse(0);
  }

  @Override
  public String toString() {
    return kind + " " + (experts == 0 ? "" : experts + " x ") + rows + "x" + cols;
  }
}
