package dev.rocmforge.engine.hip;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The values of a kernel's parameters, made once and changed in place before a launch. Eight bytes
 * a parameter, whatever its type:
 *
 * <pre>
 * pointers: [ &amp;value 0 | &amp;value 1 | ... ]     values: [ value 0 | value 1 | ... ]
 * </pre>
 *
 * <p>Lives as long as its arena. The types are the caller's to get right: C sees only addresses.
 */
public final class KernelArguments {
  private final MemorySegment values;
  private final MemorySegment pointers;

  public KernelArguments(int count, Arena arena) {
    values = arena.allocate(8L * Math.max(count, 1), 8);
    pointers = arena.allocate(8L * Math.max(count, 1), 8);
    for (int i = 0; i < count; i++) {
      pointers.set(ValueLayout.JAVA_LONG, 8L * i, values.address() + 8L * i);
    }
  }

  public KernelArguments set(int index, DeviceBuffer buffer) {
    return setLong(index, buffer.address());
  }

  /** An address inside a buffer. */
  public KernelArguments set(int index, DeviceBuffer buffer, long offset) {
    return setLong(index, buffer.address() + offset);
  }

  public KernelArguments setNull(int index) {
    return setLong(index, 0);
  }

  public KernelArguments setInt(int index, int value) {
    values.set(ValueLayout.JAVA_INT, 8L * index, value);
    return this;
  }

  public KernelArguments setLong(int index, long value) {
    values.set(ValueLayout.JAVA_LONG, 8L * index, value);
    return this;
  }

  public KernelArguments setFloat(int index, float value) {
    values.set(ValueLayout.JAVA_FLOAT, 8L * index, value);
    return this;
  }

  MemorySegment pointers() {
    return pointers;
  }
}
