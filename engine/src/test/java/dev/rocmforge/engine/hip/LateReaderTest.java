package dev.rocmforge.engine.hip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * In falling order blocks that read what others left are late, and what they read too early shows.
 */
class LateReaderTest {
  private static final String ORDER = "ROCMFORGE_EMULATION_ORDER";

  /** {@code part[block] = block + 1}; who may join writes the sum. */
  private static final String KERNEL =
      """
      RF_KERNEL void k(int* out, int* part, int* arrivals) {
        RF_SHARED int before;
        if (thread_x() == 0) part[block_x()] = block_x() + 1;
        device_fence();
        barrier();
        if (thread_x() == 0) before = atomic_add(arrivals, 1);
        barrier();
        if (!(JOINS)) return;
        if (thread_x() == 0) *arrivals = 0;
        device_fence();
        const float sum = wave_sum(lane() < grid_x() ? float(part[lane()]) : 0.0f);
        if (thread_x() == 0) out[PLACE] = int(sum);
      }
      """;

  private Emulation emulation;

  @BeforeEach
  void open() {
    emulation = Emulation.open();
  }

  @AfterEach
  void close() {
    if (emulation != null) {
      emulation.runtime.standIn().orElseThrow().configure(ORDER, "rising");
      emulation.close();
    }
  }

  private int run(String joins, String place, String order) {
    Kernel k =
        emulation.kernel(
            "k", KERNEL.replace("JOINS", joins).replace("PLACE", place), "-DRF_WAVE=32");
    emulation.runtime.standIn().orElseThrow().configure(ORDER, order);
    DeviceBuffer out = emulation.empty(1);
    DeviceBuffer part = emulation.buffer(0, 0, 0, 0, 0, 0);
    DeviceBuffer arrivals = emulation.buffer(0);
    k.launch(
        emulation.stream,
        6,
        32,
        0,
        emulation.arguments(3).set(0, out).set(1, part).set(2, arrivals));
    emulation.stream.synchronize();
    return emulation.ints(out)[0];
  }

  @Test
  void theLastToArriveIsRightInEitherOrder() {
    assertEquals(21, run("before == grid_x() - 1", "0", "rising"));
    assertEquals(21, run("before == grid_x() - 1", "0", "falling"));
  }

  @Test
  void whoJoinsBeforeTheOthersWroteIsSeen() {
    assertTrue(run("before == 0", "0", "falling") < 21);
  }

  @Test
  void aFaultOfTheOthersEndsTheLaunch() {
    HipException failed =
        assertThrows(
            HipException.class,
            () -> run("before == 0", "block_x() == 2 ? 1LL << 40 : 0", "falling"));
    assertTrue(failed.getMessage().contains("memory access fault"), failed.getMessage());
    emulation.recover();
  }
}
