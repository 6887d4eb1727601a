package dev.rocmforge.bench.jmh;

import dev.rocmforge.engine.session.RopeAngles;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.reports.record.CheckRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a token passes through between the matrices: norm, rotation, gate. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RowOperations implements Measured {
  private static final double BOUND = 1e-5;
  private static final int POSITION = 1000;

  @Param(Arithmetic.VECTOR)
  public String backend;

  @Param("1")
  public int threads;

  @Param("Qwen2.5-0.5B")
  public String shape;

  private Arithmetic arithmetic;
  private RopeAngles angles;
  private float[] row;
  private float[] weight;
  private float[] normed;
  private float[] queries;
  private float[] gate;
  private float[] up;
  private float[] gated;

  @Setup
  public void open() {
    ModelShape each = ModelShape.named(shape);
    arithmetic = Arithmetic.open(backend, Arithmetic.config(each), 1, threads);
    angles = new RopeAngles(arithmetic.blocks().rope(), new float[0], 1);
    angles.fill(POSITION, 1);
    row = Arithmetic.values(each.hidden(), 1);
    weight = Arithmetic.values(each.hidden(), 2);
    normed = new float[each.hidden()];
    queries = Arithmetic.values(arithmetic.blocks().queryWidth(), 3);
    gate = Arithmetic.values(each.feedForward(), 4);
    up = Arithmetic.values(each.feedForward(), 5);
    gated = new float[each.feedForward()];
  }

  @TearDown
  public void close() {
    arithmetic.close();
  }

  @Benchmark
  public float[] rmsNorm() {
    arithmetic.operations().rmsNorm(row, 1, weight, arithmetic.config().normEpsilon(), normed);
    return normed;
  }

  /** Turns what the last call turned: lengths stay, so values stay in range. */
  @Benchmark
  public float[] rope() {
    var blocks = arithmetic.blocks();
    arithmetic.operations().rope(queries, 1, blocks.heads(), blocks.keyLength(), angles);
    return queries;
  }

  @Benchmark
  public float[] swiGlu() {
    arithmetic.operations().swiGlu(gate, up, gate.length, gated);
    return gated;
  }

  @Override
  public Map<String, List<String>> parameters() {
    return Map.of("shape", ModelShape.all().stream().map(ModelShape::name).toList());
  }

  @Override
  public CheckRecord check() {
    var agreement = new Agreement("RowOperations", BOUND);
    Map<String, Function<RowOperations, float[]>> methods =
        Map.of(
            "rmsNorm",
            RowOperations::rmsNorm,
            "rope",
            RowOperations::rope,
            "swiGlu",
            RowOperations::swiGlu);
    for (ModelShape each : ModelShape.all()) {
      methods.forEach(
          (name, method) ->
              agreement.compare(
                  name + " " + each.name(),
                  result(Arithmetic.SCALAR, each, method),
                  result(Arithmetic.VECTOR, each, method)));
    }
    return agreement.verdict();
  }

  private static float[] result(
      String on, ModelShape shape, Function<RowOperations, float[]> method) {
    RowOperations one = new RowOperations();
    one.backend = on;
    one.threads = 2;
    one.shape = shape.name();
    one.open();
    try {
      return method.apply(one);
    } finally {
      one.close();
    }
  }
}
