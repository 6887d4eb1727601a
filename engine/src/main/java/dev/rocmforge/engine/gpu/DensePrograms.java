package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.model.FeedForwardWeights;
import java.util.List;
import java.util.Optional;

/** {@code x + down(silu(gate x) * up x)}. */
final class DensePrograms implements FeedForwardPrograms {
  private final ProgramContext context;
  private final Optional<DeviceLinear> joined;
  private final DeviceLinear gate;
  private final DeviceLinear up;
  private final DeviceLinear down;
  private final Slice inner;

  /** Up, where it is not joined to gate: behind the gates of as many tokens as run together. */
  private final Slice second;

  DensePrograms(ProgramContext context, FeedForwardWeights.Dense weights) {
    this.context = context;
    DeviceWeights device = context.weights();
    joined = device.joined(List.of(weights.gate(), weights.up()));
    gate = device.linear(weights.gate());
    up = device.linear(weights.up());
    down = device.linear(weights.down());
    inner = context.memory().slice(Scratch.GATE_UP);
    second = inner.plusBytes(inner.buffer().bytes() / 2);
  }

  @Override
  public void single(Program program, Slice norm) {
    context.norm(
        program,
        DecodeStage.FEED_FORWARD_NORM,
        norm,
        !context.q8(gate) || !context.q8(up),
        context.q8(gate) || context.q8(up));
    activate(program);
    Slice residual = context.residual();
    Q8Slice bytes = context.memory().q8Inner();
    context.single(
        program, DecodeStage.DOWN, down, inner, bytes, residual, context.width(), residual);
  }

  /** Gate, up and their product, in the form that down takes. */
  void activate(Program program) {
    int length = gate.rows();
    Q8Slice bytes = context.memory().q8();
    Q8Slice result = context.memory().q8Inner();
    boolean toBytes = context.q8(down);
    if (joined.isPresent() && context.shares(joined.get()) && toBytes) {
      program.add(
          DecodeStage.GATE_UP,
          context
              .matrices()
              .gemvQ8Tokens("gate_up_q8", joined.get(), bytes, inner, 2 * length, Slice.NONE));
      program.add(
          DecodeStage.GATE_UP,
          context.rows().swiGluQ8(result, inner, inner.plus(length), length, 2 * length));
      return;
    }
    if (joined.isPresent() && context.q8(joined.get()) && toBytes) {
      program.add(
          DecodeStage.GATE_UP,
          context
              .matrices()
              .gateUpQ8(
                  joined.get().matrix(),
                  bytes,
                  result,
                  inner,
                  context.memory().slice(GpuMemoryPlan.ARRIVALS)));
      return;
    }
    if (joined.isPresent() && !context.q8(joined.get())) {
      int width = context.width();
      program.add(
          DecodeStage.GATE_UP,
          context.matrices().gateUp(joined.get().matrix(), context.normed(), width, inner, length));
      if (toBytes) {
        program.add(DecodeStage.GATE_UP, context.rows().quantize(result, inner, length));
      }
      return;
    }
    Slice normed = context.normed();
    context.single(program, DecodeStage.GATE_UP, gate, normed, bytes, inner, length, Slice.NONE);
    context.single(program, DecodeStage.GATE_UP, up, normed, bytes, second, length, Slice.NONE);
    program.add(
        DecodeStage.GATE_UP,
        toBytes
            ? context.rows().swiGluQ8(result, inner, second, length, length)
            : context.rows().swiGlu(inner, inner, second, length, length, length));
  }

  @Override
  public void batch(Program program, Slice norm, int layer) {
    int width = context.width();
    context.norm(program, DecodeStage.FEED_FORWARD_NORM, norm, true, false);
    program.tap(Stage.FEED_FORWARD_NORM, layer, context.normed(), width, width);
    activateBatch(program, layer);
    Slice residual = context.residual();
    context.many(
        program, DecodeStage.DOWN, down, inner, 2 * gate.rows(), residual, width, residual);
  }

  /** Gate and up side by side, their product in gate's place. */
  void activateBatch(Program program, int layer) {
    int length = gate.rows();
    int stride = 2 * length;
    if (joined.isPresent()) {
      activateBatch(program, joined.get(), inner, stride);
    } else {
      activateBatch(program, gate, inner, stride);
      activateBatch(program, up, inner.plus(length), stride);
    }
    program.tap(Stage.GATE, layer, inner, length, stride);
    program.tap(Stage.UP, layer, inner.plus(length), length, stride);
    program.add(
        DecodeStage.GATE_UP,
        context.rows().swiGlu(inner, inner, inner.plus(length), length, stride, stride));
    program.tap(Stage.ACTIVATION, layer, inner, length, stride);
  }

  private void activateBatch(Program program, DeviceLinear part, Slice y, int stride) {
    context.many(
        program,
        DecodeStage.GATE_UP,
        part,
        context.normed(),
        context.width(),
        y,
        stride,
        Slice.NONE);
  }
}
