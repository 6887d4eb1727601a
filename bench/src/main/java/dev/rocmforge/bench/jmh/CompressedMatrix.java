package dev.rocmforge.bench.jmh;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.compress.LowRank;
import dev.rocmforge.engine.compress.SparseMatrix;
import dev.rocmforge.engine.convert.TensorForm;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Traffic;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One token or a batch through sparse rows or thin factors, as sessions on the CPU run them. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class CompressedMatrix implements Measured {
  private static final double BOUND = 1e-6;
  private static final List<String> FORMS =
      List.of("csr0.01", "csr0.02", "csr0.05", "csr0.1", "csr0.2", "csr0.5", "mpo16", "mpo64");

  @Param(Arithmetic.VECTOR)
  public String backend;

  @Param("1")
  public int threads;

  @Param("csr0.1")
  public String form;

  /** Rows (outputs), then columns. */
  @Param("4864x896")
  public String size;

  /** Activation rows that are multiplied at once. */
  @Param("1")
  public int tokens;

  private int rows;
  private int columns;
  private Optional<SparseMatrix> sparse;
  private Optional<LowRank> factors;
  private Arithmetic arithmetic;
  private float[] inner;
  private float[] x;
  private float[] y;

  @Setup
  @SuppressWarnings("MustBeClosedChecker") // JMH calls close when the benchmark ends
  public void open() {
    MatrixCase shape = MatrixCase.of("F32:" + size);
    rows = shape.rows();
    columns = shape.columns();
    sparse = Optional.empty();
    factors = Optional.empty();
    inner = new float[0];
    arithmetic = Arithmetic.open(backend, Arithmetic.config(columns), 1, threads);
    switch (TensorForm.parse(form)) {
      case TensorForm.Sparse(double share) ->
          sparse =
              Optional.of(SparseMatrix.largest(normal(1, rows * columns), rows, columns, share));
      case TensorForm.Factors(int rank) -> {
        float[] u = normal(2, rows * rank);
        factors = Optional.of(new LowRank(form, rows, columns, rank, u, normal(3, rank * columns)));
        inner = new float[tokens * rank];
      }
      default -> throw new InputException("form: csr0.N or mpoN needed, " + form + " given");
    }
    x = normal(4, tokens * columns);
    y = new float[tokens * rows];
  }

  @TearDown
  public void close() {
    arithmetic.close();
  }

  private static float[] normal(int seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Benchmark
  public float[] multiply() {
    // Nothing but what is added: sums would grow without bound from call to call.
    Arrays.fill(y, 0);
    if (sparse.isPresent()) {
      arithmetic.operations().addSparse(sparse.get(), x, tokens, y);
    } else {
      arithmetic.operations().addLowRank(factors.orElseThrow(), x, tokens, inner, y);
    }
    return y;
  }

  @Override
  public Map<String, List<String>> parameters() {
    return Map.of(
        "form", FORMS, "size", List.of("4864x896", "896x4864"), "tokens", List.of("1", "64"));
  }

  /** Against the decoded matrix, row by row in double. */
  @Override
  public CheckRecord check() {
    var agreement = new Agreement(getClass().getSimpleName(), BOUND);
    for (String one : List.of("csr0.1", "csr0.5", "mpo16")) {
      for (int count : List.of(1, 3, 64)) {
        for (String on : Arithmetic.BACKENDS) {
          compare(agreement, one, count, on);
        }
      }
    }
    return agreement.verdict();
  }

  private static void compare(Agreement agreement, String form, int tokens, String backend) {
    var small = new CompressedMatrix();
    small.form = form;
    small.size = "37x64";
    small.tokens = tokens;
    small.backend = backend;
    small.threads = 2;
    small.open();
    try {
      String name = "%s, %d tokens, %s".formatted(form, tokens, backend);
      agreement.compare(name, small.dense(), small.multiply());
    } finally {
      small.close();
    }
  }

  private float[] dense() {
    float[] result = new float[tokens * rows];
    for (int row = 0; row < rows; row++) {
      float[] weights = new float[columns];
      int at = row;
      sparse.ifPresent(part -> part.addRow(at, weights, 0));
      factors.ifPresent(part -> part.addRow(at, weights, 0));
      for (int token = 0; token < tokens; token++) {
        double sum = 0;
        for (int column = 0; column < columns; column++) {
          sum += (double) weights[column] * x[token * columns + column];
        }
        result[token * rows + row] = (float) sum;
      }
    }
    return result;
  }

  @Override
  public Optional<Traffic> traffic(String method, Map<String, String> parameters) {
    MatrixCase shape = MatrixCase.of("F32:" + parameters.get("size"));
    long rows = shape.rows();
    long sides = rows + shape.columns();
    long bytes =
        switch (TensorForm.parse(parameters.get("form"))) {
          case TensorForm.Sparse(double share) ->
              4 * (rows + 1) + 8 * (long) (share * rows * shape.columns());
          case TensorForm.Factors(int rank) -> 4L * rank * sides;
          default -> throw new AssertionError(parameters.toString());
        };
    return Optional.of(new Traffic(bytes, "weights once"));
  }
}
