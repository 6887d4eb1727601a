package dev.rocmforge.engine.gpu;

import java.lang.foreign.Arena;

/** Launchers of a Mamba block's convolution and scan; tokens run one after the other inside. */
final class RecurrentLaunches {
  private static final int CHANNELS = 64;

  private final int channels;
  private final Arena arena;

  RecurrentLaunches(int channels, Arena arena) {
    this.channels = channels;
    this.arena = arena;
  }

  /** Causal convolution and SiLU; brings the tail up to date. */
  Launch convolve(Slice y, Slice tail, Slice x, int xStride, Slice weight, Slice bias, int taps) {
    return Launch.of(
        KernelId.of("ops/mamba", "mamba_conv"),
        Grid.of(Grid.ceil(channels, CHANNELS)),
        CHANNELS,
        new LaunchArguments()
            .to(y)
            .to(tail)
            .to(x)
            .to(weight)
            .to(bias)
            .ints(channels, taps)
            .tokens()
            .ints(channels, xStride),
        arena);
  }

  /**
   * Selective scan, gated; brings the state up to date.
   *
   * @param selectedStride of b and c, which lie behind the low-rank time step in a token's row
   */
  Launch scan(
      Slice y,
      Slice state,
      Slice timeStep,
      Slice decay,
      Slice skip,
      Slice b,
      Slice c,
      int selectedStride,
      Slice gate,
      int gateStride,
      int states) {
    return Launch.of(
        KernelId.of("ops/mamba", "mamba_scan"),
        Grid.of(Grid.ceil(channels, CHANNELS)),
        CHANNELS,
        new LaunchArguments()
            .to(y)
            .to(state)
            .to(y)
            .to(timeStep)
            .to(decay)
            .to(b)
            .to(c)
            .to(skip)
            .to(gate)
            .ints(channels, states)
            .tokens()
            .ints(channels, channels, channels, selectedStride, gateStride),
        arena);
  }
}
