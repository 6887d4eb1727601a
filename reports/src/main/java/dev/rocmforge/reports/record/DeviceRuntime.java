package dev.rocmforge.reports.record;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What stood behind the calls; rows of different runtimes are never compared silently. */
public enum DeviceRuntime {
  /** No HIP at all: the scalar and vector backends. */
  @JsonProperty("cpu")
  CPU("cpu"),
  /** AMD's own libamdhip64. */
  @JsonProperty("amd")
  AMD("amd"),
  /** The stand-in that runs kernels on the host: its times say nothing about a GPU. */
  @JsonProperty("cpu-emulation")
  CPU_EMULATION("cpu-emulation"),
  /** The stand-in over the CUDA driver: validation, never a supported backend. */
  @JsonProperty("nvidia")
  NVIDIA("nvidia");

  private final String label;

  DeviceRuntime(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
