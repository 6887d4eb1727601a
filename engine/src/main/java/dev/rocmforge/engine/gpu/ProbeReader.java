package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.hip.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Brings tapped values to the host for a probe; does nothing when nobody looks. */
final class ProbeReader implements Program.TapReader {
  private final Probe probe;
  private final boolean looking;
  private final Stream stream;
  private int position;
  private int rows;

  ProbeReader(Probe probe, Stream stream) {
    this.probe = probe;
    this.looking = !probe.equals(Probe.NONE);
    this.stream = stream;
  }

  boolean looking() {
    return looking;
  }

  /** What the taps to come belong to. */
  void at(int firstPosition, int rowCount) {
    position = firstPosition;
    rows = rowCount;
  }

  @Override
  public void read(Program.Tap tap) {
    if (!looking) {
      return;
    }
    stream.synchronize();
    int span = (rows - 1) * tap.stride() + tap.cols();
    float[] values = new float[rows * tap.cols()];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocate(ValueLayout.JAVA_FLOAT, span);
      tap.values().buffer().download(tap.values().offset(), all);
      for (int row = 0; row < rows; row++) {
        MemorySegment.copy(
            all,
            ValueLayout.JAVA_FLOAT,
            4L * row * tap.stride(),
            values,
            row * tap.cols(),
            tap.cols());
      }
    }
    probe.observe(tap.stage(), tap.layer(), values, rows, tap.cols(), position);
  }
}
