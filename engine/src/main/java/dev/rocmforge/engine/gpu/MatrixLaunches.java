package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.Arena;

/**
 * Launchers of the operations with weights, one an operation whatever the type: arguments and grids
 * as {@code kernels/README.md} has them. Strides count floats.
 */
final class MatrixLaunches {
  private static final int GEMM_TILE = 64;
  private static final int MATRIX_TILE = 128;

  /** Tokens that share a read of the weights. */
  private static final int SHARED_TOKENS = 4;

  /** Rows of a group then: each has a sum a token. */
  private static final int SHARED_ROWS = 2;

  private final LaunchShapes shapes;
  private final int wave;
  private final Forms forms;
  private final Arena arena;

  /**
   * Kernels that round their input to f16.
   *
   * @param matrix many tokens by matrix instructions
   * @param dot2 a single token times F16 weights by dot2
   */
  record Forms(boolean matrix, boolean dot2) {
    /** Floats as they are. */
    static final Forms EXACT = new Forms(false, false);

    /** The form of a kernel that takes a float token. */
    KernelId single(DeviceMatrix matrix, KernelId id) {
      return dot2 && matrix.type() == QuantType.F16 ? id.with("RF_DOT2", 1) : id;
    }
  }

  MatrixLaunches(LaunchShapes shapes, int wave, Forms forms, Arena arena) {
    this.shapes = shapes;
    this.wave = wave;
    this.forms = forms;
    this.arena = arena;
  }

  private static KernelId id(DeviceMatrix matrix, String operation) {
    return KernelId.of(matrix.folder() + "/" + operation);
  }

  private LaunchShape shape(String operation, DeviceMatrix matrix, int rows) {
    QuantType type = matrix.type();
    return shapes.shape(operation, type, rows, matrix.columns()).fitted(wave);
  }

  /** Rows of the table by token id, {@code [tokens][columns]}. */
  Launch embed(DeviceMatrix table, Slice tokens, Slice out) {
    return Launch.of(
        id(table, "embed"),
        Grid.perToken(Grid.ceil(PlaneLayout.units(table.columns()), 64)),
        64,
        new LaunchArguments()
            .to(out)
            .to(table.planes())
            .to(tokens)
            .ints(table.totalRows(), table.columns()),
        arena);
  }

  /** {@code y = W x (+ bias) (+ residual)} for single tokens. */
  Launch gemv(DeviceLinear w, Slice x, int xStride, Slice y, int yStride, Slice residual) {
    return gemv(w, x, xStride, y, yStride, residual, forms);
  }

  /** As {@link #gemv} in floats, where rounding would change decisions. */
  Launch exactGemv(DeviceLinear w, Slice x, int xStride, Slice y, int yStride) {
    return exactGemv(w, x, xStride, y, yStride, Slice.NONE);
  }

  /** As {@link #exactGemv}, with a residual. */
  Launch exactGemv(DeviceLinear w, Slice x, int xStride, Slice y, int yStride, Slice residual) {
    return gemv(w, x, xStride, y, yStride, residual, Forms.EXACT);
  }

  /**
   * As {@link #exactGemv} of Q4_0 blocks, plus the second half of a product of thin factors.
   *
   * @param u {@code [rows][rank]}
   * @param inner {@code [tokens][rank]}
   */
  Launch gemvLowRank(
      DeviceLinear w,
      Slice x,
      int xStride,
      Slice u,
      Slice inner,
      int rank,
      Slice y,
      int yStride,
      Slice residual) {
    DeviceMatrix m = w.matrix();
    LaunchShape shape = shape("gemv", m, m.rows());
    return Launch.of(
        shape.applied(id(m, "gemv_low_rank"), m.columns()),
        Grid.perToken(Grid.ceil(m.rows(), shape.rowsPerBlock(wave))),
        shape.threads(),
        new LaunchArguments()
            .to(y)
            .to(m.planes())
            .to(x)
            .to(u)
            .to(inner)
            .to(w.bias())
            .to(residual)
            .ints(m.totalRows(), m.columns(), m.firstRow(), m.rows(), xStride, yStride, rank),
        arena);
  }

  private Launch gemv(
      DeviceLinear w, Slice x, int xStride, Slice y, int yStride, Slice residual, Forms taken) {
    DeviceMatrix m = w.matrix();
    LaunchShape shape = shape("gemv", m, m.rows());
    return Launch.of(
        taken.single(m, shape.applied(id(m, "gemv"), m.columns())),
        Grid.perToken(Grid.ceil(m.rows(), shape.rowsPerBlock(wave))),
        shape.threads(),
        product(w, x, xStride, y, yStride, residual),
        arena);
  }

  /** {@code y = W x (+ bias) (+ residual)} for many tokens. */
  Launch gemm(DeviceLinear w, Slice x, int xStride, Slice y, int yStride, Slice residual) {
    DeviceMatrix m = w.matrix();
    LaunchArguments arguments = product(w, x, xStride, y, yStride, residual).tokens();
    return forms.matrix()
        ? Launch.of(
            id(m, "gemm_f16"),
            Grid.tiled(Grid.ceil(m.rows(), MATRIX_TILE), MATRIX_TILE),
            8 * wave,
            arguments,
            arena)
        : gemm(w, arguments);
  }

  /** As {@link #gemm} without matrix instructions, where rounding would change decisions. */
  Launch exactGemm(DeviceLinear w, Slice x, int xStride, Slice y, int yStride) {
    return gemm(w, product(w, x, xStride, y, yStride, Slice.NONE).tokens());
  }

  private Launch gemm(DeviceLinear w, LaunchArguments arguments) {
    return Launch.of(
        id(w.matrix(), "gemm"),
        Grid.tiled(Grid.ceil(w.rows(), GEMM_TILE), GEMM_TILE),
        256,
        arguments,
        arena);
  }

  private static LaunchArguments product(
      DeviceLinear w, Slice x, int xStride, Slice y, int yStride, Slice residual) {
    DeviceMatrix m = w.matrix();
    return new LaunchArguments()
        .to(y)
        .to(m.planes())
        .to(x)
        .to(w.bias())
        .to(residual)
        .ints(m.totalRows(), m.columns(), m.firstRow(), m.rows(), xStride, yStride);
  }

  /** As {@link #gemv} from signed bytes. */
  Launch gemvQ8(DeviceLinear w, Q8Slice x, Slice y, int yStride, Slice residual) {
    DeviceMatrix m = w.matrix();
    LaunchShape shape = shape("gemv_q8", m, m.rows());
    return Launch.of(
        shape.applied(id(m, "gemv_q8"), m.columns()),
        Grid.perToken(Grid.ceil(m.rows(), shape.rowsPerBlock(wave))),
        shape.threads(),
        new LaunchArguments()
            .to(y)
            .to(m.planes())
            .to(x.bytes())
            .to(x.scales())
            .to(w.bias())
            .to(residual)
            .ints(m.totalRows(), m.columns(), m.firstRow(), m.rows(), yStride),
        arena);
  }

  /**
   * As {@link #gemvQ8} for a few tokens, whose sums keep its order.
   *
   * @param operation whose launch shape gives that order: the fused kernel that takes single tokens
   */
  Launch gemvQ8Tokens(
      String operation, DeviceLinear w, Q8Slice x, Slice y, int yStride, Slice residual) {
    DeviceMatrix m = w.matrix();
    LaunchShape fused = shapeOf(operation, m);
    var shape =
        new LaunchShape(
            fused.threads(),
            fused.share(),
            Math.min(fused.rows(), SHARED_ROWS),
            fused.fixedColumns());
    return Launch.of(
        shape.applied(id(m, "gemv_q8_tokens"), m.columns()).with("RF_TOKENS", SHARED_TOKENS),
        Grid.tiled(Grid.ceil(m.rows(), shape.rowsPerBlock(wave)), SHARED_TOKENS),
        shape.threads(),
        new LaunchArguments()
            .to(y)
            .to(m.planes())
            .to(x.bytes())
            .to(x.scales())
            .to(w.bias())
            .to(residual)
            .ints(m.totalRows(), m.columns(), m.firstRow(), m.rows(), yStride)
            .tokens(),
        arena);
  }

  /** The shape in which an operation takes single tokens. */
  LaunchShape shapeOf(String operation, DeviceMatrix m) {
    return switch (operation) {
      case "gemv_q8" -> shape(operation, m, m.rows());
      case "qkv_q8" -> shape(operation, m, m.rows()).withFixedColumns();
      case "gate_up_q8" -> shape(operation, m, m.rows() / 2);
      default -> throw new AssertionError(operation + " takes no signed bytes");
    };
  }

  /**
   * {@code y = silu(gate x) * up x}.
   *
   * @param joined gate rows, then as many up rows
   */
  Launch gateUp(DeviceMatrix joined, Slice x, int xStride, Slice y, int yStride) {
    int rows = joined.rows() / 2;
    LaunchShape shape = shape("gate_up", joined, rows);
    return Launch.of(
        shape.applied(id(joined, "gate_up"), joined.columns()),
        Grid.perToken(Grid.ceil(rows, shape.rowsPerBlock(wave))),
        shape.threads(),
        new LaunchArguments()
            .to(y)
            .to(joined.planes())
            .to(x)
            .ints(joined.totalRows(), joined.columns(), joined.firstRow(), rows, xStride, yStride),
        arena);
  }

  /**
   * As {@link #gateUp} from signed bytes to signed bytes.
   *
   * @param hidden the result before it is quantized
   * @param arrivals zero between launches, one a unit of the result
   */
  Launch gateUpQ8(DeviceMatrix joined, Q8Slice x, Q8Slice y, Slice hidden, Slice arrivals) {
    int rows = joined.rows() / 2;
    LaunchShape shape = shape("gate_up_q8", joined, rows);
    return Launch.of(
        shape.applied(id(joined, "gate_up_q8"), joined.columns()),
        Grid.perToken(rows / shape.rowsPerBlock(wave)),
        shape.threads(),
        new LaunchArguments()
            .to(y.bytes())
            .to(y.scales())
            .to(hidden)
            .to(arrivals)
            .to(joined.planes())
            .to(x.bytes())
            .to(x.scales())
            .ints(joined.totalRows(), joined.columns(), joined.firstRow(), rows),
        arena);
  }

  /**
   * Norm, joined Q, K and V, bias, rotation and cache write in one launch, for single tokens.
   *
   * @param q8 whether the normed token is quantized inside
   * @param q receives the queries
   */
  Launch qkv(
      boolean q8,
      DeviceLinear joined,
      AttentionShape attention,
      KvSlices cache,
      Slice x,
      Slice norm,
      float epsilon,
      Slice q) {
    DeviceMatrix m = joined.matrix();
    String operation = q8 ? "qkv_q8" : "qkv";
    LaunchShape shape = shape(operation, m, m.rows()).withFixedColumns();
    return Launch.of(
        attention.cached(shape.applied(id(m, operation), m.columns())),
        Grid.perToken(Grid.ceil(m.rows() / 2, shape.rowsPerBlock(wave))),
        shape.threads(),
        new LaunchArguments()
            .to(q)
            .to(cache.keys())
            .to(cache.values())
            .to(m.planes())
            .to(x)
            .to(norm)
            .to(joined.bias())
            .to(attention.table())
            .to(attention.state())
            .ints(m.totalRows(), m.firstRow(), attention.heads(), attention.kvHeads())
            .ints(attention.headSize(), attention.rotary(), attention.pairing())
            .ints(m.columns(), m.rows())
            .bits(epsilon),
        arena);
  }
}
