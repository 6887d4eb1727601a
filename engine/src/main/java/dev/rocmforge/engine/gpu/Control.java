package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.PinnedBuffer;
import dev.rocmforge.engine.hip.Stream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Token ids, position and length on the device, where kernels read and a greedy step writes them:
 *
 * <pre>
 * int: [ position | length | 0 | 0 | token 0 ... of this call (capacity) | picked ids by position ]
 * </pre>
 */
final class Control {
  private static final int TOKENS = 4;

  private final Slice device;
  private final PinnedBuffer pinned;
  private final int capacity;

  Control(DeviceBuffer device, PinnedBuffer pinned, int capacity) {
    this.device = Slice.of(device);
    this.pinned = pinned;
    this.capacity = capacity;
  }

  /** Size of both buffers in ints. */
  static long ints(int capacity) {
    return TOKENS + 2L * capacity + 1;
  }

  Slice state() {
    return device;
  }

  Slice tokens() {
    return device.plus(TOKENS);
  }

  /** Picked ids by the position that they get; one more than the capacity. */
  Slice history() {
    return device.plus(TOKENS + capacity);
  }

  /**
   * Queues the upload of a call's tokens and their positions; the pinned memory must be at rest.
   */
  void upload(int[] tokens, int from, int count, int position, Stream stream) {
    MemorySegment memory = pinned.segment();
    memory.setAtIndex(ValueLayout.JAVA_INT, 0, position);
    memory.setAtIndex(ValueLayout.JAVA_INT, 1, position + count);
    memory.setAtIndex(ValueLayout.JAVA_INT, 2, 0);
    memory.setAtIndex(ValueLayout.JAVA_INT, 3, 0);
    MemorySegment.copy(tokens, from, memory, ValueLayout.JAVA_INT, 4L * TOKENS, count);
    device.buffer().upload(0, memory.asSlice(0, 4L * (TOKENS + count)), stream);
  }

  /** Queues the download of the ids picked for {@code count} positions. */
  void downloadHistory(int position, int count, Stream stream) {
    long offset = 4L * (TOKENS + capacity + position);
    device.buffer().download(offset, pinned.segment().asSlice(offset, 4L * count), stream);
  }

  /** Queues the download of the call's first token, which a pick replaces. */
  void downloadToken(Stream stream) {
    long offset = 4L * TOKENS;
    device.buffer().download(offset, pinned.segment().asSlice(offset, 4), stream);
  }

  /** The downloaded token; the stream must have been synchronized. */
  int token() {
    return pinned.segment().getAtIndex(ValueLayout.JAVA_INT, TOKENS);
  }

  /** A downloaded id; the stream must have been synchronized. */
  int picked(int position) {
    return pinned.segment().getAtIndex(ValueLayout.JAVA_INT, (long) TOKENS + capacity + position);
  }
}
