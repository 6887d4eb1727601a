package dev.rocmforge.validation.machine;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.Event;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.engine.hip.Stream;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Nanos;

/**
 * What a GPU's memory can deliver: copies from one buffer to another, both larger than any cache,
 * timed by the device's own events; the fastest counts. Reads and writes are counted, since both
 * cross the bus.
 */
public final class DeviceBandwidth {
  private static final int PASSES = 6;
  private static final int SHARE_OF_FREE = 8;

  /** Caches behind the one a device speaks of, AMD's Infinity Cache, are 256 MiB at most. */
  private static final long BYTES = 1L << 30;

  /** Host memory has to be touched first, and its figure stands for no card. */
  private static final long EMULATED_BYTES = 16L << 20;

  private DeviceBandwidth() {}

  /** Measures now; a few milliseconds on a card. Takes 2 GiB of its memory meanwhile, or less. */
  public static Environment.Bandwidth measure(Device device, RuntimeKind kind) {
    long wanted = kind == RuntimeKind.CPU_EMULATION ? EMULATED_BYTES : BYTES;
    long bytes = Math.max(1, Math.min(wanted, device.memory().freeBytes() / SHARE_OF_FREE));
    long[] nanos = new long[PASSES];
    try (Stream stream = device.newStream();
        Event start = device.newEvent();
        Event end = device.newEvent();
        DeviceBuffer from = device.allocate("bandwidth, source", bytes);
        DeviceBuffer to = device.allocate("bandwidth, target", bytes)) {
      from.fill(0, bytes, 1, stream);
      to.copyFrom(from, 0, 0, bytes, stream);
      for (int pass = 0; pass < PASSES; pass++) {
        start.record(stream);
        to.copyFrom(from, 0, 0, bytes, stream);
        end.record(stream);
        end.synchronize();
        nanos[pass] = Math.max(1, Math.round(1e6 * end.millisSince(start)));
      }
    }
    return new Environment.Bandwidth(
        "copy %.4g MiB on the device, reads and writes, fastest of %d passes"
            .formatted((double) bytes / (1 << 20), PASSES),
        2 * bytes,
        Nanos.of(nanos));
  }
}
