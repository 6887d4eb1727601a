package dev.rocmforge.engine.gpu;

import java.lang.foreign.Arena;

/** Launchers of what works on rows of activations without weights of a type. */
final class RowLaunches {
  private static final int THREADS = 256;

  /** Values of a block that quantizes: four a thread. */
  private static final int QUANTIZED = 1024;

  private final int wave;
  private final Arena arena;

  RowLaunches(int wave, Arena arena) {
    this.wave = wave;
    this.arena = arena;
  }

  /** A thread for about four values, whole waves. */
  private int normThreads(int columns) {
    int waves = Grid.ceil(columns, 4 * wave);
    return Math.min(waves * wave, 1024);
  }

  /** RMS norm of {@code groups} rows of a token that lie side by side. */
  Launch norm(
      Slice y,
      Slice x,
      Slice weight,
      int columns,
      int groups,
      int yStride,
      int xStride,
      float eps) {
    return Launch.of(
        KernelId.of("ops/rms_norm"),
        Grid.perToken(groups),
        normThreads(columns),
        new LaunchArguments().to(y).to(x).to(weight).ints(columns, yStride, xStride).bits(eps),
        arena);
  }

  Launch normQ8(Q8Slice y, Slice x, Slice weight, int columns, float eps) {
    return normQ8(y, x, weight, columns, eps, normThreads(columns));
  }

  /** With as many threads as the fused kernel whose sum of squares it must match. */
  Launch normQ8(Q8Slice y, Slice x, Slice weight, int columns, float eps, int threads) {
    return Launch.of(
        KernelId.of("ops/quantize_q8", "rms_norm_q8"),
        Grid.perToken(1),
        threads,
        new LaunchArguments()
            .to(y.bytes())
            .to(y.scales())
            .to(x)
            .to(weight)
            .ints(columns, columns)
            .bits(eps),
        arena);
  }

  Launch quantize(Q8Slice y, Slice x, int columns) {
    return Launch.of(
        KernelId.of("ops/quantize_q8"),
        Grid.perToken(Grid.ceil(columns, QUANTIZED)),
        THREADS,
        new LaunchArguments().to(y.bytes()).to(y.scales()).to(x).ints(columns, columns),
        arena);
  }

  /** {@code y = silu(gate) * up}; y may be gate. */
  Launch swiGlu(Slice y, Slice gate, Slice up, int columns, int yStride, int stride) {
    return Launch.of(
        KernelId.of("ops/elementwise", "swiglu"),
        Grid.perToken(Grid.ceil(columns, THREADS)),
        THREADS,
        new LaunchArguments().to(y).to(gate).to(up).ints(columns, yStride, stride, stride),
        arena);
  }

  Launch swiGluQ8(Q8Slice y, Slice gate, Slice up, int columns, int stride) {
    return Launch.of(
        KernelId.of("ops/quantize_q8", "swiglu_q8"),
        Grid.perToken(Grid.ceil(columns, QUANTIZED)),
        THREADS,
        new LaunchArguments()
            .to(y.bytes())
            .to(y.scales())
            .to(gate)
            .to(up)
            .ints(columns, stride, stride),
        arena);
  }

  /** The largest logit of each block's share. */
  Launch argmax(Slice best, Slice ids, Slice logits, int count, int blocks) {
    return Launch.of(
        KernelId.of("ops/argmax"),
        Grid.of(blocks),
        THREADS,
        new LaunchArguments().to(best).to(ids).to(logits).ints(count),
        arena);
  }

  /**
   * The winner becomes the next token.
   *
   * @param advance whether it also goes into the history, and position and length move on by one
   */
  Launch argmaxFinish(Control control, boolean advance, Slice best, Slice ids, int blocks) {
    return Launch.of(
        KernelId.of("ops/argmax", "argmax_finish"),
        Grid.of(1),
        wave,
        new LaunchArguments()
            .to(control.tokens())
            .to(advance ? control.history() : Slice.NONE)
            .to(advance ? control.state() : Slice.NONE)
            .to(best)
            .to(ids)
            .ints(blocks),
        arena);
  }
}
