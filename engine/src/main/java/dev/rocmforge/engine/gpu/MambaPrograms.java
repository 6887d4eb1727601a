package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.Stream;
import dev.rocmforge.engine.model.LayerWeights;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.MambaBlocks;

/** Mamba blocks. The state is a summary of all tokens: it can only be cut at 0. */
final class MambaPrograms implements BlockPrograms {
  private final ProgramContext context;
  private final MambaBlocks blocks;
  private final RecurrentLaunches recurrent;
  private final DeviceBuffer tails;
  private final DeviceBuffer states;
  private final Slice projected;
  private final Slice mixed;
  private final Slice selected;
  private final Slice timeStep;

  MambaPrograms(ProgramContext context, MambaBlocks blocks) {
    this.context = context;
    this.blocks = blocks;
    recurrent = new RecurrentLaunches(blocks.innerSize(), context.arena());
    SessionMemory memory = context.memory();
    tails = memory.buffer(GpuMemoryPlan.CONVOLUTION);
    states = memory.buffer(GpuMemoryPlan.SCAN);
    projected = memory.slice(Scratch.PROJECTED);
    mixed = memory.slice(Scratch.MIXED);
    selected = memory.slice(Scratch.SELECTED);
    timeStep = memory.slice(Scratch.TIME_STEP);
  }

  @Override
  public void single(Program program) {
    blocks(program, true);
  }

  @Override
  public void batch(Program program) {
    blocks(program, false);
  }

  private void blocks(Program program, boolean single) {
    int layers = context.model().config().layerCount();
    for (int i = 0; i < layers; i++) {
      block(program, (LayerWeights.Mamba) context.model().weights().layers().get(i), i, single);
    }
  }

  private void block(Program program, LayerWeights.Mamba layer, int index, boolean single) {
    int inner = blocks.innerSize();
    int width = context.width();
    int stride = Scratch.selectedStride(blocks);
    boolean bytes = single && context.q8(linear(layer.input()));
    context.norm(
        program, DecodeStage.ATTENTION_NORM, context.weights().vector(layer.norm()), !bytes, bytes);
    tap(program, single, Stage.ATTENTION_NORM, index, context.normed(), width, width);
    product(
        program,
        DecodeStage.SSM_INPUT,
        layer.input(),
        context.normed(),
        width,
        projected,
        2 * inner,
        Slice.NONE,
        single);
    tap(program, single, Stage.SSM_INPUT, index, projected, 2 * inner, 2 * inner);
    convolution(program, layer, index);
    tap(program, single, Stage.SSM_CONVOLUTION, index, mixed, inner, inner);
    quantized(program, DecodeStage.SSM_SELECTION, layer.select(), single);
    product(
        program,
        DecodeStage.SSM_SELECTION,
        layer.select(),
        mixed,
        inner,
        selected,
        stride,
        Slice.NONE,
        single);
    int cols = blocks.timeStepRank() + 2 * blocks.stateSize();
    tap(program, single, Stage.SSM_SELECTION, index, selected, cols, stride);
    floats(program, layer.timeStep(), stride, single);
    tap(program, single, Stage.SSM_TIME_STEP, index, timeStep, inner, inner);
    scan(program, layer, index);
    tap(program, single, Stage.SSM_SCAN, index, mixed, inner, inner);
    quantized(program, DecodeStage.SSM_OUTPUT, layer.output(), single);
    product(
        program,
        DecodeStage.SSM_OUTPUT,
        layer.output(),
        mixed,
        inner,
        context.residual(),
        width,
        context.residual(),
        single);
    tap(program, single, Stage.BLOCK_OUTPUT, index, context.residual(), width, width);
  }

  private static void tap(
      Program program, boolean single, Stage stage, int layer, Slice values, int cols, int stride) {
    if (!single) {
      program.tap(stage, layer, values, cols, stride);
    }
  }

  private DeviceLinear linear(Linear linear) {
    return context.weights().linear(linear);
  }

  /** Signed bytes of the convolved or scanned values, where the next product takes them. */
  private void quantized(Program program, DecodeStage stage, Linear next, boolean single) {
    if (single && context.q8(linear(next))) {
      program.add(stage, context.rows().quantize(context.memory().q8(), mixed, blocks.innerSize()));
    }
  }

  private void product(
      Program program,
      DecodeStage stage,
      Linear weights,
      Slice x,
      int xStride,
      Slice y,
      int yStride,
      Slice residual,
      boolean single) {
    DeviceLinear linear = linear(weights);
    program.add(
        stage,
        single
            ? context.single(linear, x, context.memory().q8(), y, yStride, residual)
            : context.matrices().gemm(linear, x, xStride, y, yStride, residual));
  }

  /** The time step's product stays in floats: its input is a part of a wider row. */
  private void floats(Program program, Linear weights, int stride, boolean single) {
    DeviceLinear linear = linear(weights);
    int inner = blocks.innerSize();
    program.add(
        DecodeStage.SSM_SELECTION,
        single
            ? context.matrices().gemv(linear, selected, stride, timeStep, inner, Slice.NONE)
            : context.matrices().gemm(linear, selected, stride, timeStep, inner, Slice.NONE));
  }

  private void convolution(Program program, LayerWeights.Mamba layer, int index) {
    int taps = blocks.convolutionKernel();
    long channels = (long) index * blocks.innerSize();
    program.add(
        DecodeStage.SSM_CONVOLUTION,
        recurrent.convolve(
            mixed,
            Slice.of(tails).plus(channels * (taps - 1)),
            projected,
            2 * blocks.innerSize(),
            context.weights().vector(layer.convolution().weight()),
            layer.convolution().bias().map(context.weights()::vector).orElse(Slice.NONE),
            taps));
  }

  private void scan(Program program, LayerWeights.Mamba layer, int index) {
    int inner = blocks.innerSize();
    Slice b = selected.plus(blocks.timeStepRank());
    program.add(
        DecodeStage.SSM_SCAN,
        recurrent.scan(
            mixed,
            Slice.of(states).plus((long) index * inner * blocks.stateSize()),
            timeStep,
            context.weights().vector(layer.decay()),
            context.weights().vector(layer.skip()),
            b,
            b.plus(blocks.stateSize()),
            Scratch.selectedStride(blocks),
            projected.plus(inner),
            2 * inner,
            blocks.stateSize()));
  }

  @Override
  public boolean canRewind(int position) {
    return position == 0;
  }

  @Override
  public void rewind(int position, Stream stream) {
    assert canRewind(position) : "recurrent state cut at " + position;
    tails.fill(0, tails.bytes(), 0, stream);
    states.fill(0, states.bytes(), 0, stream);
  }
}
