package dev.rocmforge.validation.machine;

import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Nanos;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What the memory can deliver: several threads each read their part of a buffer that no cache
 * holds, some passes; the fastest counts. Reading only, because inference on weights is reading.
 */
public final class MemoryBandwidth {
  private static final int PASSES = 6;
  private static final long SMALLEST_BYTES = 256L << 20;
  private static final long LARGEST_BYTES = 1L << 30;

  private MemoryBandwidth() {}

  /**
   * Measures now; a fraction of a second.
   *
   * @param threads that read, as many as the backend has
   * @param lastLevelCacheBytes the buffer is 4 times as large, between 256 MiB and 1 GiB; 0 where
   *     unknown
   */
  public static Environment.Bandwidth measure(int threads, long lastLevelCacheBytes)
      throws InterruptedException {
    long wanted = Math.clamp(4 * lastLevelCacheBytes, SMALLEST_BYTES, LARGEST_BYTES);
    int partBytes = (int) (wanted / threads) & -4096;
    long[] nanos = new long[PASSES];
    try (Arena arena = Arena.ofShared();
        ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Callable<Long>> writers = new ArrayList<>();
      List<Callable<Long>> readers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        MemorySegment part = arena.allocate(partBytes, 64);
        writers.add(() -> fill(part));
        readers.add(() -> sum(part));
      }
      run(pool, writers);
      long check = run(pool, readers);
      for (int pass = 0; pass < PASSES; pass++) {
        long start = System.nanoTime();
        long sum = run(pool, readers);
        nanos[pass] = System.nanoTime() - start;
        if (sum != check) {
          throw new AssertionError("memory changed while it was read");
        }
      }
    }
    return new Environment.Bandwidth(
        "read %d MiB with %d threads, fastest of %d passes"
            .formatted(((long) partBytes * threads) >> 20, threads, PASSES),
        (long) partBytes * threads,
        Nanos.of(nanos));
  }

  /** Pages that nobody wrote are all the one page of zeros, which a cache holds. */
  private static long fill(MemorySegment part) {
    for (int i = 0; i < part.byteSize() >> 3; i++) {
      part.setAtIndex(ValueLayout.JAVA_LONG, i, i);
    }
    return 0;
  }

  /** Four sums, so that the additions do not wait for each other. */
  private static long sum(MemorySegment part) {
    long a = 0;
    long b = 0;
    long c = 0;
    long d = 0;
    int longs = (int) (part.byteSize() >> 3);
    for (int i = 0; i < longs; i += 4) {
      a += part.getAtIndex(ValueLayout.JAVA_LONG, i);
      b += part.getAtIndex(ValueLayout.JAVA_LONG, i + 1);
      c += part.getAtIndex(ValueLayout.JAVA_LONG, i + 2);
      d += part.getAtIndex(ValueLayout.JAVA_LONG, i + 3);
    }
    return a + b + c + d;
  }

  private static long run(ExecutorService pool, List<Callable<Long>> tasks)
      throws InterruptedException {
    long sum = 0;
    for (Future<Long> done : pool.invokeAll(tasks)) {
      try {
        sum += done.get();
      } catch (ExecutionException e) {
        throw new AssertionError("reading memory does not fail", e);
      }
    }
    return sum;
  }
}
