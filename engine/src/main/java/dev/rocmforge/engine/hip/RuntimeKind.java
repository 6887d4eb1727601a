package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.InputException;

/** Which library speaks HIP's ABI; records and reports carry the name. */
public enum RuntimeKind {
  /** AMD's libamdhip64. */
  AMD("amd"),
  /** {@code kernels/runtimes/cpu}: kernels on the host's cores. */
  CPU_EMULATION("cpu-emulation"),
  /** {@code kernels/runtimes/nvidia}: the same calls over the CUDA driver. */
  NVIDIA("nvidia");

  private final String label;

  RuntimeKind(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }

  /**
   * The kind of a label.
   *
   * @throws InputException naming the labels there are
   */
  public static RuntimeKind of(String label) {
    for (RuntimeKind kind : values()) {
      if (kind.label.equals(label)) {
        return kind;
      }
    }
    throw new InputException(
        "ROCMFORGE_HIP_RUNTIME: " + label + ": one of amd, cpu-emulation, nvidia expected");
  }
}
