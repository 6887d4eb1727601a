package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.Model;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;

/**
 * What programs are built from.
 *
 * @param q8 whether products of quantized weights take single tokens as signed bytes
 * @param few whether programs of single tokens are to run a few tokens, bit for bit as one by one:
 *     weights are then read once for several
 * @param pager of experts that are not all on the device
 * @param capacity positions of the cache
 * @param arena lives as long as the programs
 */
record ProgramContext(
    Model model,
    DeviceWeights weights,
    SessionMemory memory,
    Control control,
    MatrixLaunches matrices,
    RowLaunches rows,
    LaunchShapes shapes,
    Optional<ExpertPager> pager,
    boolean q8,
    boolean few,
    int wave,
    int capacity,
    Arena arena) {
  /** Launchers of a mixture that runs {@code used} experts a token. */
  MixtureLaunches mixtures(int used) {
    return new MixtureLaunches(shapes, wave, used, arena);
  }

  /** For programs that run a few tokens. */
  ProgramContext ofFew() {
    return new ProgramContext(
        model, weights, memory, control, matrices, rows, shapes, pager, q8, true, wave, capacity,
        arena);
  }

  /** Whether a few tokens share this product's weights. */
  boolean shares(DeviceLinear linear) {
    return few && q8(linear);
  }

  int width() {
    return model.config().embeddingLength();
  }

  float epsilon() {
    return model.config().normEpsilon();
  }

  Slice residual() {
    return memory.slice(Scratch.RESIDUAL);
  }

  Slice normed() {
    return memory.slice(Scratch.NORMED);
  }

  /** Whether the product takes its single token as signed bytes. */
  boolean q8(DeviceLinear linear) {
    return q8 && linear.quantized();
  }

  /** A product of single tokens, from whichever form of its input it takes. */
  Launch single(DeviceLinear linear, Slice x, Q8Slice bytes, Slice y, int yStride, Slice residual) {
    if (shares(linear)) {
      return matrices.gemvQ8Tokens("gemv_q8", linear, bytes, y, yStride, residual);
    }
    return q8(linear)
        ? matrices.gemvQ8(linear, bytes, y, yStride, residual)
        : matrices.gemv(linear, x, linear.matrix().columns(), y, yStride, residual);
  }

  /** A product of one token, whatever the form of its matrix. */
  void single(
      Program program,
      DecodeStage stage,
      DeviceLinear linear,
      Slice x,
      Q8Slice bytes,
      Slice y,
      int yStride,
      Slice residual) {
    if (linear.compressed().isPresent()) {
      int columns = linear.matrix().columns();
      compressed(linear, x, columns, y, yStride, residual).forEach(l -> program.add(stage, l));
    } else {
      program.add(stage, single(linear, x, bytes, y, yStride, residual));
    }
  }

  /** A product of many tokens, whatever the form of its matrix. */
  void many(
      Program program,
      DecodeStage stage,
      DeviceLinear linear,
      Slice x,
      int xStride,
      Slice y,
      int yStride,
      Slice residual) {
    if (linear.compressed().isPresent()) {
      compressed(linear, x, xStride, y, yStride, residual).forEach(l -> program.add(stage, l));
    } else {
      program.add(stage, matrices.gemm(linear, x, xStride, y, yStride, residual));
    }
  }

  private List<Launch> compressed(
      DeviceLinear linear, Slice x, int xStride, Slice y, int yStride, Slice residual) {
    var launches =
        new CompressedLaunches(
            matrices,
            wave,
            memory.optional(GpuMemoryPlan.ROTATED),
            memory.optional(GpuMemoryPlan.INNER),
            arena);
    return launches.product(linear, x, xStride, y, yStride, residual);
  }

  /** Norm of the residual stream for one token, in each form that is asked for. */
  void norm(Program program, DecodeStage stage, Slice weight, boolean floats, boolean bytes) {
    if (floats) {
      program.add(
          stage, rows.norm(normed(), residual(), weight, width(), 1, width(), width(), epsilon()));
    }
    if (bytes) {
      program.add(stage, rows.normQ8(memory.q8(), residual(), weight, width(), epsilon()));
    }
  }
}
