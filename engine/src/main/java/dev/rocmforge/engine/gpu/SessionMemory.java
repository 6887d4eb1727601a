package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.PinnedBuffer;
import java.util.HashMap;
import java.util.Map;

/** The buffers of one session, allocated as the memory plan says; owned by the session. */
final class SessionMemory implements AutoCloseable {
  private final Map<String, DeviceBuffer> buffers = new HashMap<>();
  private final Closing closing = new Closing();

  /** Allocates everything but weights and staging; on failure nothing stays. */
  SessionMemory(GpuMemoryPlan plan, Device device) {
    try {
      for (GpuMemoryPlan.Buffer buffer : plan.buffers()) {
        switch (buffer.use()) {
          case WEIGHTS, STAGING, GRAPH -> {}
          case EXPERTS, KV_CACHE, RECURRENT_STATE, ROPE_TABLE, CONTROL, SCRATCH, PARTIALS, LOGITS ->
              buffers.put(
                  buffer.name(), closing.add(device.allocate(buffer.name(), buffer.bytes())));
        }
      }
    } catch (RuntimeException | Error e) {
      closing.runAfter(e);
      throw e;
    }
  }

  PinnedBuffer pinned(Device device, String purpose, long bytes) {
    return closing.add(device.allocatePinned(purpose, bytes));
  }

  DeviceBuffer buffer(String name) {
    DeviceBuffer buffer = buffers.get(name);
    if (buffer == null) {
      throw new AssertionError(name + " was not planned for this model");
    }
    return buffer;
  }

  Slice slice(String name) {
    return Slice.of(buffer(name));
  }

  /** A buffer that some models have no use for. */
  Slice optional(String name) {
    return buffers.containsKey(name) ? slice(name) : Slice.NONE;
  }

  Slice slice(Scratch scratch) {
    return slice(scratch.word());
  }

  /** Signed bytes as wide as the residual stream or the attention's result. */
  Q8Slice q8() {
    return new Q8Slice(slice(Scratch.Q8_BYTES), slice(Scratch.Q8_SCALES));
  }

  /** Signed bytes inside the feed-forward part. */
  Q8Slice q8Inner() {
    return new Q8Slice(slice(Scratch.Q8_INNER_BYTES), slice(Scratch.Q8_INNER_SCALES));
  }

  @Override
  public void close() {
    closing.run();
  }
}
