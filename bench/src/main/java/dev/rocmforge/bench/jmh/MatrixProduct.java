package dev.rocmforge.bench.jmh;

import dev.rocmforge.engine.cpu.Product;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.synthetic.SyntheticMatrix;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Traffic;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A matrix of random blocks, random inputs, and the product of both. */
@State(Scope.Benchmark)
public abstract class MatrixProduct implements Measured {
  /**
   * Relative L2 distance of two correct products: inputs may be rounded to 8 bits a block, which
   * moves a value by up to 1/254 of the block's largest, and sums run in other orders.
   */
  private static final double BOUND = 0.01;

  @Param(Arithmetic.VECTOR)
  public String backend;

  @Param("1")
  public int threads;

  @Param("Q4_0:4864x896")
  public String matrix;

  private final int batch;
  private Arena arena;
  private Arithmetic arithmetic;
  private Product[] products;
  private float[] inputs;

  /**
   * @param batch inputs that are multiplied at once
   */
  MatrixProduct(int batch) {
    this.batch = batch;
  }

  @Setup
  @SuppressWarnings("MustBeClosedChecker") // JMH calls close when the benchmark ends
  public void open() {
    MatrixCase size = MatrixCase.of(matrix);
    arena = Arena.ofShared();
    arithmetic = Arithmetic.open(backend, Arithmetic.config(size.columns()), 1, threads);
    Linear weights =
        Linear.of(SyntheticMatrix.of(size.type(), size.rows(), size.columns(), 42, arena));
    products = new Product[] {new Product(weights, new float[batch * size.rows()])};
    inputs = Arithmetic.values(batch * size.columns(), 7);
  }

  @TearDown
  public void close() {
    arithmetic.close();
    arena.close();
  }

  /** {@code [batch][rows]}. */
  float[] product() {
    arithmetic.operations().multiply(products, inputs, batch);
    return products[0].result();
  }

  /** A product of the same class that has not been opened. */
  abstract MatrixProduct another();

  @Override
  public Map<String, List<String>> parameters() {
    return Map.of("matrix", MatrixCase.all().stream().map(MatrixCase::toString).toList());
  }

  @Override
  public CheckRecord check() {
    var agreement = new Agreement(getClass().getSimpleName(), BOUND);
    MatrixCase.small()
        .forEach(
            size ->
                agreement.compare(
                    size.toString(),
                    result(Arithmetic.SCALAR, size),
                    result(Arithmetic.VECTOR, size)));
    return agreement.verdict();
  }

  private float[] result(String on, MatrixCase size) {
    MatrixProduct one = another();
    one.backend = on;
    one.threads = 2;
    one.matrix = size.toString();
    one.open();
    try {
      return one.product();
    } finally {
      one.close();
    }
  }

  @Override
  public Optional<Traffic> traffic(String method, Map<String, String> parameters) {
    MatrixCase size = MatrixCase.of(parameters.get("matrix"));
    return Optional.of(new Traffic(size.bytes(), "weights once"));
  }
}
