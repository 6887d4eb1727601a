package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.model.MambaBlocks;
import jdk.incubator.vector.FloatVector;

/** Convolution and selective scan of a Mamba block; channels are independent and shared out. */
final class StateSpace {
  /** Channels in a task. */
  private static final int STRETCH = 64;

  private final WorkerPool pool;
  private final WorkerPool.Work convolveTask = this::convolveChannels;
  private final WorkerPool.Work scanTask = this::scanChannels;
  private MambaBlocks shape;
  private int batch;
  private float[] input;
  private float[] kernel;
  private float[] bias;
  private float[] history;
  private float[] x;
  private float[] timeStep;
  private float[] selection;
  private float[] decay;
  private float[] skip;
  private float[] state;
  private float[] out;

  StateSpace(WorkerPool pool) {
    this.pool = pool;
  }

  private int tasks() {
    return (shape.innerSize() + STRETCH - 1) / STRETCH;
  }

  void convolve(
      MambaBlocks blocks,
      float[] in,
      int rows,
      float[] taps,
      float[] offset,
      float[] past,
      float[] result) {
    shape = blocks;
    input = in;
    batch = rows;
    kernel = taps;
    bias = offset;
    history = past;
    out = result;
    pool.run(convolveTask, tasks());
  }

  private void convolveChannels(int task, int worker) {
    int inner = shape.innerSize();
    int last = Math.min((task + 1) * STRETCH, inner);
    for (int channel = task * STRETCH; channel < last; channel++) {
      convolveChannel(channel, inner, shape.convolutionKernel());
    }
  }

  private void convolveChannel(int channel, int inner, int taps) {
    for (int row = 0; row < batch; row++) {
      float now = input[row * 2 * inner + channel];
      float sum = bias[channel] + kernel[channel * taps + taps - 1] * now;
      for (int tap = 0; tap < taps - 1; tap++) {
        sum += kernel[channel * taps + tap] * history[tap * inner + channel];
      }
      out[row * inner + channel] = (float) (sum / (1 + Math.exp(-sum)));
      for (int tap = 0; tap < taps - 2; tap++) {
        history[tap * inner + channel] = history[(tap + 1) * inner + channel];
      }
      if (taps > 1) {
        history[(taps - 2) * inner + channel] = now;
      }
    }
  }

  void scan(
      MambaBlocks blocks,
      float[] values,
      float[] steps,
      float[] selected,
      float[] in,
      int rows,
      float[] decays,
      float[] skips,
      float[] states,
      float[] result) {
    shape = blocks;
    x = values;
    timeStep = steps;
    selection = selected;
    input = in;
    batch = rows;
    decay = decays;
    skip = skips;
    state = states;
    out = result;
    pool.run(scanTask, tasks());
  }

  private void scanChannels(int task, int worker) {
    int inner = shape.innerSize();
    int last = Math.min((task + 1) * STRETCH, inner);
    for (int channel = task * STRETCH; channel < last; channel++) {
      for (int row = 0; row < batch; row++) {
        float value = x[row * inner + channel];
        float sum = scanStep(channel, row, value, timeStep[row * inner + channel]);
        float gate = input[row * 2 * inner + inner + channel];
        out[row * inner + channel] =
            (float) ((sum + skip[channel] * value) * (gate / (1 + Math.exp(-gate))));
      }
    }
  }

  /** Moves a channel's state on by one row and returns its product with C. */
  private float scanStep(int channel, int row, float value, float step) {
    int states = shape.stateSize();
    int b = row * (shape.timeStepRank() + 2 * states) + shape.timeStepRank();
    int c = b + states;
    int at = channel * states;
    FloatVector sums = FloatVector.zero(Lanes.FLOATS);
    int s = 0;
    for (; s <= states - Lanes.COUNT; s += Lanes.COUNT) {
      FloatVector kept =
          Lanes.exp(Lanes.load(decay, at + s).mul(step)).mul(Lanes.load(state, at + s));
      FloatVector h = Lanes.load(selection, b + s).mul(step * value).add(kept);
      h.intoArray(state, at + s);
      sums = Lanes.load(selection, c + s).fma(h, sums);
    }
    float sum = Lanes.sum(sums);
    for (; s < states; s++) {
      float h =
          (float) Math.exp(step * decay[at + s]) * state[at + s] + step * value * selection[b + s];
      state[at + s] = h;
      sum += selection[c + s] * h;
    }
    return sum;
  }
}
