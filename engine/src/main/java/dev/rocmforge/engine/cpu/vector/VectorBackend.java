package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.CpuSession;
import dev.rocmforge.engine.cpu.Operations;
import dev.rocmforge.engine.model.ModelConfig;

/**
 * The CPU path at speed: Vector API kernels on a fixed set of threads. Owns the threads; sessions
 * of one backend take turns on them.
 */
public final class VectorBackend implements Backend {
  private final WorkerPool pool;

  /** One thread a processor. */
  public VectorBackend() {
    this(Runtime.getRuntime().availableProcessors());
  }

  /**
   * @param threads threads that work, the caller's included
   * @throws InputException if there are none
   */
  public VectorBackend(int threads) {
    if (threads < 1) {
      throw new InputException("threads: at least 1 needed, " + threads + " given");
    }
    pool = new WorkerPool(threads);
  }

  @Override
  public String name() {
    return "vector";
  }

  /** Threads that work, the caller's included. */
  public int threads() {
    return pool.threads();
  }

  /** Width of the vectors in bits. */
  public static int vectorBits() {
    return Lanes.FLOATS.vectorBitSize();
  }

  /** Most bytes of copies of weights for steps, a session: what the Java heap may grow to. */
  public static long copyLimit() {
    return Runtime.getRuntime().maxMemory();
  }

  /** Bytes of a model's weights beyond {@link #copyLimit}; steps read them row by row, slower. */
  public static long beyondCopyLimit(ModelFile file) {
    return PackedWeights.beyond(file, copyLimit());
  }

  @Override
  public Session open(Model model, SessionOptions options, Probe probe) {
    int capacity = CpuSession.capacity(model, options);
    return new CpuSession(
        model, options, new VectorOperations(pool, model.config(), capacity), probe);
  }

  /**
   * The arithmetic by itself, to measure or check single operations; it works on this backend's
   * threads.
   *
   * @param capacity most positions that attention looks at
   */
  public Operations operations(ModelConfig config, int capacity) {
    return new VectorOperations(pool, config, capacity);
  }

  /**
   * Lets the compiler see the loops of a decode step on the caller's thread; returns when it has
   * seen enough. For a start that counts, beside other preparations.
   */
  public static void warmUp(Model model, KvStorage kv) {
    WarmUp.run(model, kv);
  }

  @Override
  public void close() {
    pool.close();
  }
}
