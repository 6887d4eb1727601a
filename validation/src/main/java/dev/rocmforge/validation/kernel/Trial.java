package dev.rocmforge.validation.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A case made concrete: buffers with their contents, launches, and what must come out. */
final class Trial {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final List<Slot> slots = new ArrayList<>();
  private final List<Launch> launches = new ArrayList<>();

  /**
   * A buffer.
   *
   * @param initial its bytes before the launches
   * @param expected what must be there after them; empty for scratch memory
   */
  @SuppressWarnings("ArrayRecordComponent") // an image of memory, never compared as a record
  record Slot(
      int index, String name, Element element, byte[] initial, Optional<Expectation> expected) {
    /** An address inside the buffer. */
    Place at(long offset) {
      return new Place(this, offset);
    }
  }

  /** A pointer argument. */
  record Place(Slot slot, long offset) {}

  /** Grid x, y, z. */
  record Grid(int x, int y, int z) {
    static Grid of(int x) {
      return new Grid(x, 1, 1);
    }

    static Grid of(int x, int y) {
      return new Grid(x, y, 1);
    }
  }

  /** Which compiled code: the source's path below the kernels' folder, and its constants. */
  record Code(String source, Map<String, Integer> constants) {}

  /**
   * One launch.
   *
   * @param arguments each a {@link Slot}, a {@link Place}, an {@link Integer}, or empty for a null
   *     pointer
   */
  record Launch(
      Code code, String kernel, int threads, Grid grid, List<Optional<Object>> arguments) {}

  List<Slot> slots() {
    return slots;
  }

  List<Launch> launches() {
    return launches;
  }

  /** Launches in order; a null argument is a null pointer. */
  Trial launch(Code code, String kernel, int threads, Grid grid, Object... arguments) {
    launches.add(
        new Launch(
            code,
            kernel,
            threads,
            grid,
            Arrays.stream(arguments).map(Optional::ofNullable).toList()));
    return this;
  }

  Slot input(String name, float[] values) {
    byte[] bytes = bytes(values);
    return add(name, Element.F32, bytes, Optional.of(new Expectation(values.length, 1)));
  }

  Slot input(String name, int[] values) {
    byte[] bytes = new byte[4 * values.length];
    MemorySegment memory = MemorySegment.ofArray(bytes);
    for (int i = 0; i < values.length; i++) {
      memory.set(INT, 4L * i, values[i]);
    }
    return add(name, Element.I32, bytes, Optional.of(new Expectation(values.length, 1)));
  }

  Slot input(String name, byte[] values) {
    return add(name, Element.I8, values.clone(), Optional.of(new Expectation(values.length, 1)));
  }

  /** An input too large to be compared afterwards. */
  Slot blocks(String name, byte[] values) {
    return add(name, Element.I8, values, Optional.empty());
  }

  /** Poisoned memory whose contents are not judged. */
  Slot scratch(String name, long bytes) {
    return add(name, Element.F32, poisoned(Element.F32, bytes), Optional.empty());
  }

  /** A poisoned output. */
  Slot output(String name, Element element, Expectation expected) {
    byte[] poison = poisoned(element, (long) expected.size() * element.bytes());
    return add(name, element, poison, Optional.of(expected));
  }

  /** An output that holds something before, such as a residual that is added to in place. */
  Slot output(String name, float[] initial, Expectation expected) {
    return add(name, Element.F32, bytes(initial), Optional.of(expected));
  }

  Slot output(String name, int[] initial, Expectation expected) {
    byte[] bytes = new byte[4 * initial.length];
    MemorySegment memory = MemorySegment.ofArray(bytes);
    for (int i = 0; i < initial.length; i++) {
      memory.set(INT, 4L * i, initial[i]);
    }
    return add(name, Element.I32, bytes, Optional.of(expected));
  }

  Slot output(String name, Element element, byte[] initial, Expectation expected) {
    return add(name, element, initial, Optional.of(expected));
  }

  static byte[] bytes(float[] values) {
    byte[] bytes = new byte[Math.multiplyExact(4, values.length)];
    MemorySegment memory = MemorySegment.ofArray(bytes);
    for (int i = 0; i < values.length; i++) {
      memory.set(FLOAT, 4L * i, values[i]);
    }
    return bytes;
  }

  static byte[] poisoned(Element element, long count) {
    byte[] bytes = new byte[Math.toIntExact(count)];
    Arrays.fill(bytes, element.poison());
    return bytes;
  }

  private Slot add(String name, Element element, byte[] initial, Optional<Expectation> expected) {
    expected
        .filter(e -> (long) e.size() * element.bytes() != initial.length)
        .ifPresent(
            e -> {
              throw new AssertionError(name + ": " + e.size() + " elements expected");
            });
    Slot slot = new Slot(slots.size(), name, element, initial, expected);
    slots.add(slot);
    return slot;
  }
}
