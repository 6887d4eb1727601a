package dev.rocmforge.engine.route;

import dev.rocmforge.engine.InputException;
import java.util.Map;

/**
 * The environment variables of the GPU path, read once and typed. Where variables contradict each
 * other, {@code ROCMFORGE_GPU_SAFE_MODE} beats {@code DISABLE}, which beats {@code ENABLE}.
 *
 * @param safeMode no decode graph, no q8 activations, no experimental or matrix kernels
 * @param decodeGraph replay decoding as a graph; unset: wherever capture succeeds
 * @param q8Activations 8-bit activations in decode kernels; unset: dispatch decides
 * @param experimentalKernels sparse, MPO and SVD kernels may run
 * @param dp4a the byte dot product; unset: where the architecture has it
 * @param wmma matrix instructions; unset: where the architecture has them
 * @param dot2 the half dot product; unset: where the architecture has it
 * @param wave32 on: waves of 32 lanes, off: of 64; unset: the architecture's own
 * @param desktopReserveBytes device memory left to the desktop
 * @param lockTimeoutSeconds how long to wait for another process to leave the device
 * @param profileDecodeStages time the stages of decoding, which needs the graph off
 * @param autotune on: launch shapes are measured where they have not been; off: the table's alone;
 *     unset: those found before
 * @param experts device memory of a mixture's experts, and whether they are fetched ahead
 * @param realModelTests GPU tests that need a real model fail where they would be skipped
 */
public record GpuEnvironment(
    boolean safeMode,
    Toggle decodeGraph,
    Toggle q8Activations,
    boolean experimentalKernels,
    Toggle dp4a,
    Toggle wmma,
    Toggle dot2,
    Toggle wave32,
    long desktopReserveBytes,
    int lockTimeoutSeconds,
    boolean profileDecodeStages,
    Toggle autotune,
    ExpertPaging experts,
    boolean realModelTests) {
  public static final String SAFE_MODE = "ROCMFORGE_GPU_SAFE_MODE";
  public static final String ENABLE_DECODE_GRAPH = "ROCMFORGE_ENABLE_DECODE_GRAPH";
  public static final String DISABLE_DECODE_GRAPH = "ROCMFORGE_DISABLE_DECODE_GRAPH";
  public static final String ENABLE_Q8_ACTIVATIONS =
      "ROCMFORGE_ENABLE_EXPERIMENTAL_Q8_ACTIVATION_FASTPATH";
  public static final String ENABLE_EXPERIMENTAL_KERNELS =
      "ROCMFORGE_ENABLE_EXPERIMENTAL_GPU_KERNELS";
  public static final String USE_DP4A = "ROCMFORGE_USE_DP4A";
  public static final String USE_WMMA = "ROCMFORGE_USE_WMMA";
  public static final String USE_DOT2 = "ROCMFORGE_USE_DOT2";
  public static final String FORCE_WAVE32 = "ROCMFORGE_FORCE_WAVE32";
  public static final String DISABLE_WAVE32 = "ROCMFORGE_DISABLE_WAVE32";
  public static final String DESKTOP_VRAM_GB = "ROCMFORGE_DESKTOP_VRAM_GB";
  public static final String GPU_LOCK_TIMEOUT = "ROCMFORGE_GPU_LOCK_TIMEOUT";
  public static final String AUTOTUNE = "ROCMFORGE_AUTOTUNE";
  public static final String PROFILE_DECODE_STAGES = "ROCMFORGE_PROFILE_DECODE_STAGES";
  public static final String EXPERT_VRAM = "ROCMFORGE_EXPERT_VRAM";
  public static final String EXPERT_PREFETCH = "ROCMFORGE_EXPERT_PREFETCH";
  public static final String RUN_REAL_MODEL_GPU_TESTS = "ROCMFORGE_RUN_REAL_MODEL_GPU_TESTS";

  /** Nothing set: 4 GiB for the desktop, 30 s for the lock. */
  public static final GpuEnvironment DEFAULT = of(Map.of());

  private static final double DESKTOP_GIB = 4.0;
  private static final int LOCK_SECONDS = 30;
  private static final int LOCK_SECONDS_MOST = 86_400;

  /**
   * Reads the variables.
   *
   * @throws InputException if one is set to something that does not parse, naming it and the value
   */
  public static GpuEnvironment of(Map<String, String> environment) {
    Variables variables = new Variables(environment);
    boolean safe = variables.isTrue(SAFE_MODE);
    boolean profile = variables.isTrue(PROFILE_DECODE_STAGES);
    return new GpuEnvironment(
        safe,
        decodeGraph(safe, profile, variables),
        safely(safe, variables.toggle(ENABLE_Q8_ACTIVATIONS)),
        variables.isTrue(ENABLE_EXPERIMENTAL_KERNELS) && !safe,
        safely(safe, variables.toggle(USE_DP4A)),
        safely(safe, variables.toggle(USE_WMMA)),
        safely(safe, variables.toggle(USE_DOT2)),
        wave32(safe, variables),
        variables.gibibytes(DESKTOP_VRAM_GB, DESKTOP_GIB),
        variables.integer(GPU_LOCK_TIMEOUT, LOCK_SECONDS, LOCK_SECONDS_MOST),
        profile,
        safely(safe, variables.toggle(AUTOTUNE)),
        new ExpertPaging(
            variables.expertMemory(EXPERT_VRAM), variables.truth(EXPERT_PREFETCH).orElse(true)),
        variables.isTrue(RUN_REAL_MODEL_GPU_TESTS));
  }

  private static Toggle decodeGraph(boolean safe, boolean profile, Variables variables) {
    Toggle enable = variables.toggle(ENABLE_DECODE_GRAPH);
    boolean disable = variables.isTrue(DISABLE_DECODE_GRAPH);
    if (!safe && disable) {
      return Toggle.of(false, DISABLE_DECODE_GRAPH + "=1");
    }
    if (!safe && profile) {
      return Toggle.of(false, PROFILE_DECODE_STAGES + "=1");
    }
    return safely(safe, enable);
  }

  /** Safe mode takes the architecture's own wave, whatever was forced. */
  private static Toggle wave32(boolean safe, Variables variables) {
    boolean disable = variables.isTrue(DISABLE_WAVE32);
    boolean force = variables.isTrue(FORCE_WAVE32);
    if (safe || (!disable && !force)) {
      return Toggle.UNSET;
    }
    return Toggle.of(!disable, (disable ? DISABLE_WAVE32 : FORCE_WAVE32) + "=1");
  }

  private static Toggle safely(boolean safe, Toggle asked) {
    return safe ? Toggle.of(false, SAFE_MODE + "=1") : asked;
  }
}
