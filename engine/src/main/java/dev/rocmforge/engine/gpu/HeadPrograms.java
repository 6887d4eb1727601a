package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.hip.Stream;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.Weights;

/** The last norm, the head and the pick of the largest logit. */
final class HeadPrograms {
  private final ProgramContext context;
  private final DeviceLinear head;
  private final Slice norm;
  private final Slice logits;
  private final Program last = new Program();
  private final Launch lastNorm;
  private final Program rows = new Program();
  private final Launch rowsNorm;
  private final int argmaxBlocks;

  HeadPrograms(ProgramContext context) {
    this.context = context;
    Weights weights = context.model().weights();
    head = context.weights().linear(Linear.of(weights.output()));
    norm = context.weights().vector(weights.outputNorm());
    logits = context.memory().slice(GpuMemoryPlan.LOGITS);
    argmaxBlocks = Math.min(GpuMemoryPlan.ARGMAX_BLOCKS, Grid.ceil(head.rows(), 256));
    lastNorm = normFloats();
    last.add(DecodeStage.OUTPUT_NORM, lastNorm);
    last.add(DecodeStage.LOGITS, lastProduct());
    last.tap(Stage.LOGITS, -1, logits, head.rows(), head.rows());
    rowsNorm = normFloats();
    rows.add(DecodeStage.OUTPUT_NORM, rowsNorm);
    rows.tap(Stage.OUTPUT_NORM, -1, context.normed(), context.width(), context.width());
    rows.add(
        DecodeStage.LOGITS,
        context
            .matrices()
            .gemm(head, context.normed(), context.width(), logits, head.rows(), Slice.NONE));
    rows.tap(Stage.LOGITS, -1, logits, head.rows(), head.rows());
  }

  private Launch normFloats() {
    int width = context.width();
    return context
        .rows()
        .norm(
            context.normed(), context.residual(), norm, width, 1, width, width, context.epsilon());
  }

  /** Of a prompt's last token, which runs in floats like the rest of the prompt. */
  private Launch lastProduct() {
    return context
        .matrices()
        .gemv(head, context.normed(), context.width(), logits, head.rows(), Slice.NONE);
  }

  /** Appends norm and logits of the only token. */
  void single(Program program) {
    single(program, context);
  }

  /** As {@link #single(Program)}; the context says for how many tokens. */
  void single(Program program, ProgramContext tokens) {
    tokens.norm(program, DecodeStage.OUTPUT_NORM, norm, !tokens.q8(head), tokens.q8(head));
    Q8Slice bytes = context.memory().q8();
    program.add(
        DecodeStage.LOGITS,
        tokens.single(head, context.normed(), bytes, logits, head.rows(), Slice.NONE));
  }

  /**
   * Appends the pick of the largest logit.
   *
   * @param advance whether position and length move on
   */
  void pick(Program program, boolean advance) {
    Slice best = context.memory().slice(GpuMemoryPlan.BEST);
    Slice ids = context.memory().slice(GpuMemoryPlan.BEST_IDS);
    program.add(
        DecodeStage.ARGMAX, context.rows().argmax(best, ids, logits, head.rows(), argmaxBlocks));
    program.add(
        DecodeStage.ARGMAX,
        context.rows().argmaxFinish(context.control(), advance, best, ids, argmaxBlocks));
  }

  void resolve(KernelLibrary kernels) {
    last.resolve(kernels);
    rows.resolve(kernels);
  }

  /** All programs of the head itself, for their kernels. */
  Program[] programs() {
    return new Program[] {last, rows};
  }

  /** Logits of one row of the batch just run, to row 0 of the logits. */
  void runLast(Stream stream, int row) {
    lastNorm.arguments().setLong(1, row(row).address());
    last.run(stream, 1, 1);
  }

  /** Logits of some rows of the batch just run. */
  void runRows(Stream stream, int first, int count, Program.TapReader reader) {
    rowsNorm.arguments().setLong(1, row(first).address());
    rows.run(stream, count, 1, reader);
  }

  private Slice row(int row) {
    return context.residual().plus((long) row * context.width());
  }
}
