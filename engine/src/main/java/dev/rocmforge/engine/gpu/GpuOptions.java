package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.InputException;

/**
 * How a GPU backend runs; the KV type and the batch size are the session's. AUTO kernels follow
 * {@link dev.rocmforge.engine.gpu.feature.KernelDispatch}.
 *
 * @param deviceIndex among the visible devices
 * @param wave lanes of a wave the kernels are compiled for: 32 or 64, 0 for what the device reports
 * @param graph decode steps replayed as a graph. ON: a refused capture is an error; AUTO: it is
 *     counted, with its reason, and steps are launched one by one
 * @param q8Activations activations of single-token products as signed bytes where the weights are
 *     quantized
 * @param matrix prefill products by matrix instructions, both sides rounded to f16
 * @param dot2 activations of single-token products as f16 pairs where the weights are F16
 * @param profile decode steps that return logits are timed by stage, which takes the graph away
 * @param tuning launch shapes that were measured on this device. AUTO: those found before; ON: what
 *     a session lacks is measured when it opens; OFF: the table alone
 */
public record GpuOptions(
    int deviceIndex,
    int wave,
    Choice graph,
    Choice q8Activations,
    Choice matrix,
    Choice dot2,
    boolean profile,
    Choice tuning) {
  public static final GpuOptions DEFAULT =
      new GpuOptions(0, 0, Choice.AUTO, Choice.AUTO, Choice.AUTO, Choice.AUTO, false, Choice.AUTO);

  public GpuOptions {
    if (wave != 0 && wave != 32 && wave != 64) {
      throw new InputException("wave: 0, 32 or 64 needed, " + wave + " given");
    }
  }

  public GpuOptions withDeviceIndex(int index) {
    return new GpuOptions(index, wave, graph, q8Activations, matrix, dot2, profile, tuning);
  }

  public GpuOptions withWave(int lanes) {
    return new GpuOptions(deviceIndex, lanes, graph, q8Activations, matrix, dot2, profile, tuning);
  }

  public GpuOptions withGraph(Choice choice) {
    return new GpuOptions(deviceIndex, wave, choice, q8Activations, matrix, dot2, profile, tuning);
  }

  public GpuOptions withQ8Activations(Choice choice) {
    return new GpuOptions(deviceIndex, wave, graph, choice, matrix, dot2, profile, tuning);
  }

  public GpuOptions withMatrix(Choice choice) {
    return new GpuOptions(deviceIndex, wave, graph, q8Activations, choice, dot2, profile, tuning);
  }

  public GpuOptions withDot2(Choice choice) {
    return new GpuOptions(deviceIndex, wave, graph, q8Activations, matrix, choice, profile, tuning);
  }

  public GpuOptions withProfile(boolean timed) {
    return new GpuOptions(deviceIndex, wave, graph, q8Activations, matrix, dot2, timed, tuning);
  }

  public GpuOptions withTuning(Choice choice) {
    return new GpuOptions(deviceIndex, wave, graph, q8Activations, matrix, dot2, profile, choice);
  }
}
