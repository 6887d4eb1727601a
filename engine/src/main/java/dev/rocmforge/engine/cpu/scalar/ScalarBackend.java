package dev.rocmforge.engine.cpu.scalar;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.CpuSession;
import dev.rocmforge.engine.cpu.Operations;
import dev.rocmforge.engine.model.ModelConfig;

/** The reference: one thread, plain loops, sums in double. Owns nothing. */
public final class ScalarBackend implements Backend {
  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public Session open(Model model, SessionOptions options, Probe probe) {
    int capacity = CpuSession.capacity(model, options);
    return new CpuSession(model, options, new ScalarOperations(model.config(), capacity), probe);
  }

  /**
   * The arithmetic by itself, to measure or check single operations.
   *
   * @param capacity most positions that attention looks at
   */
  public static Operations operations(ModelConfig config, int capacity) {
    return new ScalarOperations(config, capacity);
  }

  @Override
  public void close() {
    // Owns nothing.
  }
}
