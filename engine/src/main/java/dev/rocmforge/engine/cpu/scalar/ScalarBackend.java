package dev.rocmforge.engine.cpu.scalar;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.CpuSession;

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

  @Override
  public void close() {
    // Owns nothing.
  }
}
