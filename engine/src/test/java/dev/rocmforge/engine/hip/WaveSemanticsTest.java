package dev.rocmforge.engine.hip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Barriers, shuffles and divergent control flow behave as on waves of 32 and 64 lanes. */
class WaveSemanticsTest {
  private Emulation emulation;

  @BeforeEach
  void open() {
    emulation = Emulation.open();
  }

  @AfterEach
  void close() {
    if (emulation != null) {
      emulation.close();
    }
  }

  /** Runs one block of a kernel {@code k(int* out)} and gives what it wrote. */
  private int[] run(String body, int block, int wave) {
    Kernel k =
        emulation.kernel("k", "RF_KERNEL void k(int* out) {" + body + "}", "-DRF_WAVE=" + wave);
    DeviceBuffer out = emulation.empty(block);
    k.launch(emulation.stream, 1, block, 0, emulation.arguments(1).set(0, out));
    emulation.stream.synchronize();
    return emulation.ints(out);
  }

  private HipException failure(String body, int block) {
    HipException failed = assertThrows(HipException.class, () -> run(body, block, 32));
    emulation.recover();
    return failed;
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void shufflesMoveLanes(int wave) {
    int[] xor = run("out[thread_x()] = shuffle_xor(thread_x(), 5);", 128, wave);
    int[] down = run("out[thread_x()] = shuffle_down(thread_x(), 3);", 128, wave);
    int[] direct = run("out[thread_x()] = shuffle(thread_x(), RF_WAVE - 1 - lane());", 128, wave);
    for (int i = 0; i < 128; i++) {
      int lane = i % wave;
      assertEquals(i ^ 5, xor[i]);
      assertEquals(lane + 3 < wave ? i + 3 : i, down[i]);
      assertEquals(i - lane + wave - 1 - lane, direct[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void reductionsAddTheWave(int wave) {
    int[] sums = run("out[thread_x()] = int(wave_sum(float(thread_x())));", 128, wave);
    int[] most = run("out[thread_x()] = int(wave_maximum(float(-thread_x())));", 128, wave);
    for (int i = 0; i < 128; i++) {
      int first = i / wave * wave;
      assertEquals(wave * first + wave * (wave - 1) / 2, sums[i]);
      assertEquals(-first, most[i]);
    }
  }

  @Test
  void barriersInsideLoopsOrderSharedMemory() {
    int[] values =
        run(
            """
            RF_SHARED int cells[256];
            cells[thread_x()] = thread_x();
            for (int round = 0; round < 256; round++) {
              barrier();
              const int next = cells[(thread_x() + 1) % 256];
              barrier();
              cells[thread_x()] = next;
            }
            out[thread_x()] = cells[thread_x()];
            """,
            256, 32);
    for (int i = 0; i < 256; i++) {
      assertEquals(i, values[i]);
    }
  }

  @Test
  void branchesShuffleWithinTheirLanes() {
    int[] values =
        run(
            """
            int v = thread_x();
            if (lane() < 16) v = shuffle_xor(v, 1);
            else
              v = shuffle_xor(v, 2);
            out[thread_x()] = shuffle_xor(v, 16);
            """,
            64,
            32);
    for (int i = 0; i < 64; i++) {
      int from = i ^ 16;
      assertEquals(from % 32 < 16 ? from ^ 1 : from ^ 2, values[i]);
    }
  }

  @Test
  void lanesThatEndEarlyDoNotBlockTheBarrier() {
    int[] values =
        run(
            """
            out[thread_x()] = -1;
            if (thread_x() % 3 == 0) return;
            barrier();
            out[thread_x()] = thread_x();
            """,
            96, 32);
    for (int i = 0; i < 96; i++) {
      assertEquals(i % 3 == 0 ? -1 : i, values[i]);
    }
  }

  @Test
  void shuffleFromAnEndedLaneIsAnError() {
    HipException failed =
        failure("if (lane() == 7) return;\nout[thread_x()] = shuffle_xor(thread_x(), 1);", 32);
    assertEquals("hipErrorLaunchFailure", failed.codeName());
    assertTrue(failed.getMessage().contains("reads lane 7"), failed.getMessage());
  }

  @Test
  void reductionOfAPartOfAWaveIsAnError() {
    HipException failed = failure("out[thread_x()] = int(wave_sum(1.0f));", 48);
    assertTrue(failed.getMessage().contains("16 of 32 lanes"), failed.getMessage());
  }

  @Test
  void divergentBarriersAreAnError() {
    HipException failed =
        failure("if (thread_x() < 5)\nbarrier();\nelse\nbarrier();\nout[thread_x()] = 0;", 32);
    assertTrue(failed.getMessage().contains("barrier divergence"), failed.getMessage());
  }

  @Test
  void dynamicSharedMemoryIsBounded() {
    Kernel k =
        emulation.kernel(
            "k",
            """
            RF_KERNEL void k(float* out, int past) {
              RF_DYNAMIC_SHARED(float, cells);
              cells[thread_x()] = 3;
              barrier();
              out[thread_x()] = cells[31 - thread_x()];
              if (thread_x() == 0 && past) cells[32] = 1;
            }
            """);
    DeviceBuffer out = emulation.empty(32);
    KernelArguments arguments = emulation.arguments(2).set(0, out).setInt(1, 0);
    k.launch(emulation.stream, 1, 32, 128, arguments);
    assertEquals(3, emulation.floats(out)[31]);
    arguments.setInt(1, 1);
    HipException failed =
        assertThrows(HipException.class, () -> k.launch(emulation.stream, 1, 32, 128, arguments));
    assertTrue(failed.getMessage().contains("offset 128 of 128"), failed.getMessage());
    emulation.recover();
  }
}
