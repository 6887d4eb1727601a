package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.KernelArguments;
import java.lang.foreign.Arena;
import java.util.Arrays;

/** Collects a kernel's arguments in the order of its signature. */
final class LaunchArguments {
  private long[] values = new long[24];
  private int count;
  private int tokensAt = -1;
  private int splitsAt = -1;

  LaunchArguments to(Slice slice) {
    return add(slice.address());
  }

  LaunchArguments ints(int... numbers) {
    for (int number : numbers) {
      add(Integer.toUnsignedLong(number));
    }
    return this;
  }

  /** An f32 as its bits. */
  LaunchArguments bits(float number) {
    return ints(Float.floatToRawIntBits(number));
  }

  /** The number of tokens of the call, filled in at each launch. */
  LaunchArguments tokens() {
    tokensAt = count;
    return ints(1);
  }

  /** The number of splits of the attention, filled in at each launch. */
  LaunchArguments splits() {
    splitsAt = count;
    return ints(1);
  }

  private LaunchArguments add(long value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
    return this;
  }

  int tokensAt() {
    return tokensAt;
  }

  int splitsAt() {
    return splitsAt;
  }

  /** The native block; the upper half of an int's slot is zero and never read. */
  KernelArguments build(Arena arena) {
    var arguments = new KernelArguments(count, arena);
    for (int i = 0; i < count; i++) {
      arguments.setLong(i, values[i]);
    }
    return arguments;
  }
}
