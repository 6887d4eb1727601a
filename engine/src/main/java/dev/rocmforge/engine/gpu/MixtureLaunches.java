package dev.rocmforge.engine.gpu;

import java.lang.foreign.Arena;

/**
 * Launchers of routing and experts. An item is one chosen expert of one token; ids and weights of
 * the chosen stay on the device.
 */
final class MixtureLaunches {
  private static final int COLUMNS = 256;

  private final LaunchShapes shapes;
  private final int wave;
  private final int used;
  private final Arena arena;

  /**
   * @param used experts of a token
   */
  MixtureLaunches(LaunchShapes shapes, int wave, int used, Arena arena) {
    this.shapes = shapes;
    this.wave = wave;
    this.used = used;
    this.arena = arena;
  }

  private LaunchShape shape(String operation, DeviceMatrix stack, int rows) {
    return shapes.shape(operation, stack.type(), rows, stack.columns()).fitted(wave);
  }

  Launch route(Slice ids, Slice weights, Slice logits, int experts, int stride, boolean normalise) {
    return Launch.of(
        KernelId.of("ops/moe_route"),
        Grid.perToken(1),
        wave,
        new LaunchArguments()
            .to(ids)
            .to(weights)
            .to(logits)
            .ints(experts, used, stride, normalise ? 1 : 0),
        arena);
  }

  /**
   * {@code function} is {@code moe_gemv}, {@code y} rows of an expert's matrix, or {@code
   * moe_gate_up} over stacked gate and up rows.
   *
   * @param rows of the result
   * @param share items that read one row of x
   */
  Launch product(
      String function, DeviceMatrix stack, int rows, Slice x, int share, Slice ids, Slice y) {
    LaunchShape shape = shape("moe", stack, rows);
    return Launch.of(
        shape.applied(KernelId.of(stack.folder() + "/moe", function), stack.columns()),
        Grid.perItem(Grid.ceil(rows, shape.rowsPerBlock(wave)), used),
        shape.threads(),
        new LaunchArguments()
            .to(y)
            .to(stack.planes())
            .to(x)
            .to(ids)
            .ints(stack.totalRows(), stack.columns(), rows, stack.columns(), rows, share),
        arena);
  }

  /** Stacked gate and up rows, from signed bytes to signed bytes; as the dense one. */
  Launch gateUpQ8(
      DeviceMatrix stack, int rows, Q8Slice x, Slice ids, Q8Slice y, Slice hidden, Slice arrivals) {
    LaunchShape shape = shape("moe_q8", stack, rows);
    return Launch.of(
        shape.applied(KernelId.of(stack.folder() + "/moe_q8", "moe_gate_up_q8"), stack.columns()),
        Grid.perItem(rows / shape.rowsPerBlock(wave), used),
        shape.threads(),
        new LaunchArguments()
            .to(y.bytes())
            .to(y.scales())
            .to(hidden)
            .to(arrivals)
            .to(stack.planes())
            .to(x.bytes())
            .to(x.scales())
            .to(ids)
            .ints(stack.totalRows(), stack.columns(), rows, used),
        arena);
  }

  /** Rows of an expert's matrix, each item from its own signed bytes. */
  Launch downQ8(DeviceMatrix stack, int rows, Q8Slice x, Slice ids, Slice y) {
    LaunchShape shape = shape("moe_q8", stack, rows);
    return Launch.of(
        shape.applied(KernelId.of(stack.folder() + "/moe_q8", "moe_gemv_q8"), stack.columns()),
        Grid.perItem(Grid.ceil(rows, shape.rowsPerBlock(wave)), used),
        shape.threads(),
        new LaunchArguments()
            .to(y)
            .to(stack.planes())
            .to(x.bytes())
            .to(x.scales())
            .to(ids)
            .ints(stack.totalRows(), stack.columns(), rows, rows, 1),
        arena);
  }

  /** {@code y = residual + sum of weight * part}. */
  Launch combine(Slice y, Slice parts, Slice weights, Slice residual, int columns) {
    return Launch.of(
        KernelId.of("ops/moe_route", "moe_combine"),
        Grid.perToken(Grid.ceil(columns, COLUMNS)),
        COLUMNS,
        new LaunchArguments().to(y).to(parts).to(weights).to(residual).ints(used, columns, columns),
        arena);
  }

  /** {@code y += sigmoid(gate) * x}. */
  Launch addShared(Slice y, Slice x, Slice gate, int columns, int gateStride) {
    return Launch.of(
        KernelId.of("ops/moe_route", "moe_add_shared"),
        Grid.perToken(Grid.ceil(columns, COLUMNS)),
        COLUMNS,
        new LaunchArguments().to(y).to(x).to(gate).ints(columns, columns, columns, gateStride),
        arena);
  }

  /** {@code gate = silu(gate) * up} over all items. */
  Launch swiGlu(Slice gate, Slice up, int columns) {
    return Launch.of(
        KernelId.of("ops/elementwise", "swiglu"),
        Grid.perItem(Grid.ceil(columns, COLUMNS), used),
        COLUMNS,
        new LaunchArguments().to(gate).to(gate).to(up).ints(columns, columns, columns, columns),
        arena);
  }
}
