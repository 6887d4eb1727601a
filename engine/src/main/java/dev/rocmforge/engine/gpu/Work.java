package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Stream;
import java.util.Set;

/** A part of a program. */
interface Work {
  Set<KernelId> kernels();

  /** Finds the compiled kernels; to be done once before the first run. */
  void resolve(KernelLibrary kernels);

  /** Queues it. */
  void run(Stream stream, int tokens, int splits);

  /** Whether the host has no part in it, so that a graph can replay it. */
  boolean onDevice();
}
