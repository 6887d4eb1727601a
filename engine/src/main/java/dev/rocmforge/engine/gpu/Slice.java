package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.DeviceBuffer;

/**
 * A place in a device buffer, for kernel arguments.
 *
 * @param buffer owner of the memory; null in {@link #NONE}
 * @param offset bytes from its start
 */
record Slice(DeviceBuffer buffer, long offset) {
  /** A null pointer, where a kernel takes one. */
  static final Slice NONE = new Slice(null, 0);

  static Slice of(DeviceBuffer buffer) {
    return new Slice(buffer, 0);
  }

  /** {@code count} f32 or int elements further. */
  Slice plus(long count) {
    return plusBytes(4 * count);
  }

  Slice plusBytes(long bytes) {
    return new Slice(buffer, offset + bytes);
  }

  boolean present() {
    return buffer != null;
  }

  long address() {
    return buffer == null ? 0 : buffer.address() + offset;
  }
}
