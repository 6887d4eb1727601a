package dev.rocmforge.bench.jmh;

import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.session.KvCache;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Traffic;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/** One token's attention of one layer over a filled cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Attention implements Measured {
  /** Scores and sums in float against double. */
  private static final double BOUND = 1e-4;

  @Param(Arithmetic.VECTOR)
  public String backend;

  @Param("1")
  public int threads;

  @Param("Qwen2.5-0.5B")
  public String shape;

  @Param("128")
  public int depth;

  @Param("f32")
  public String kvType;

  private Arithmetic arithmetic;
  private KvCache cache;
  private float[] queries;
  private float[] out;

  @Setup
  public void open() {
    arithmetic =
        Arithmetic.open(backend, Arithmetic.config(ModelShape.named(shape)), depth, threads);
    var blocks = arithmetic.blocks();
    KvType type =
        Arrays.stream(KvType.values())
            .filter(t -> t.word().equals(kvType))
            .findFirst()
            .orElseThrow();
    cache =
        KvCache.of(
            KvStorage.of(type),
            1,
            blocks.kvHeads(),
            blocks.keyLength(),
            blocks.valueLength(),
            depth);
    cache.reserve(depth);
    cache.store(
        0,
        0,
        depth,
        Arithmetic.values(depth * blocks.keyWidth(), 1),
        Arithmetic.values(depth * blocks.valueWidth(), 2));
    cache.setPositions(depth);
    queries = Arithmetic.values(blocks.queryWidth(), 3);
    out = new float[blocks.attentionWidth()];
  }

  @TearDown
  public void close() {
    arithmetic.close();
  }

  @Benchmark
  public float[] attend() {
    arithmetic.operations().attention(arithmetic.blocks(), cache, 0, queries, 1, depth - 1, out);
    return out;
  }

  @Override
  public Map<String, List<String>> parameters() {
    return Map.of(
        "shape",
        ModelShape.all().stream().map(ModelShape::name).toList(),
        "depth",
        List.of("128", "1024", "4096"),
        "kvType",
        Arrays.stream(KvType.values()).map(KvType::word).toList());
  }

  @Override
  public CheckRecord check() {
    var agreement = new Agreement("Attention", BOUND);
    for (ModelShape each : ModelShape.all()) {
      for (KvType type : KvType.values()) {
        agreement.compare(
            each.name() + " " + type.word(),
            result(Arithmetic.SCALAR, each, type),
            result(Arithmetic.VECTOR, each, type));
      }
    }
    return agreement.verdict();
  }

  private static float[] result(String on, ModelShape shape, KvType type) {
    Attention one = new Attention();
    one.backend = on;
    one.threads = 2;
    one.shape = shape.name();
    one.depth = 67;
    one.kvType = type.word();
    one.open();
    try {
      return one.attend();
    } finally {
      one.close();
    }
  }

  @Override
  public Optional<Traffic> traffic(String method, Map<String, String> parameters) {
    ModelShape each = ModelShape.named(parameters.get("shape"));
    long bytes =
        KvStorage.parse(parameters.get("kvType"))
                .bytes(each.kvHeads(), each.headDim(), each.headDim())
            * Long.parseLong(parameters.get("depth"));
    return Optional.of(new Traffic(bytes, "keys and values once"));
  }
}
