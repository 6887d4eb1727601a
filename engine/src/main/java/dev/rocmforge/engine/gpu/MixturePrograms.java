package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.FeedForwardWeights;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.Tensor;

/** A mixture of experts, each token's chosen ones by their ids in device memory. */
final class MixturePrograms implements FeedForwardPrograms {
  private final ProgramContext context;
  private final FeedForwardWeights.Experts weights;
  private final FeedForward.Experts kind;
  private final MixtureLaunches launches;
  private final Slice logits;
  private final Slice ids;
  private final Slice shares;
  private final Slice inner;
  private final Slice out;

  MixturePrograms(
      ProgramContext context,
      FeedForwardWeights.Experts weights,
      FeedForward.Experts kind,
      int layer) {
    this.context = context;
    this.weights = weights;
    this.kind = kind;
    if (kind.scale() != 1) {
      throw new InputException(
          "expert_weights_scale: 1 needed on the GPU, %s found".formatted(kind.scale()));
    }
    launches = context.mixtures(kind.used());
    SessionMemory memory = context.memory();
    logits = memory.slice(Scratch.ROUTER);
    Slice all = memory.slice(Scratch.EXPERT_IDS);
    ids = all.plusBytes(layer * (all.buffer().bytes() / context.model().config().layerCount()));
    shares = memory.slice(Scratch.EXPERT_WEIGHTS);
    inner = memory.slice(Scratch.GATE_UP);
    out = memory.slice(Scratch.EXPERT_OUT);
  }

  private DeviceMatrix stack(Tensor tensor) {
    return context.weights().matrix(tensor).whole();
  }

  private boolean joined() {
    return weights.gate().plain().type() == weights.up().plain().type();
  }

  /** Whether the chosen experts take and give signed bytes inside. */
  private boolean bytes() {
    return context.q8()
        && joined()
        && stack(weights.gate().plain()).quantized()
        && stack(weights.down().plain()).quantized();
  }

  @Override
  public void single(Program program, Slice norm) {
    boolean sharedBytes =
        weights.shared().stream()
            .map(shared -> context.weights().linear(shared.expert().gate()))
            .anyMatch(context::q8);
    context.norm(program, DecodeStage.FEED_FORWARD_NORM, norm, true, bytes() || sharedBytes);
    program.add(DecodeStage.ROUTER, router(weights.router(), logits, true));
    route(program);
    if (bytes()) {
      SessionMemory memory = context.memory();
      program.add(
          DecodeStage.GATE_UP,
          launches.gateUpQ8(
              stack(weights.gate().plain()),
              kind.length(),
              memory.q8(),
              ids,
              memory.q8Inner(),
              inner,
              memory.slice(GpuMemoryPlan.ARRIVALS)));
      program.add(
          DecodeStage.DOWN,
          launches.downQ8(
              stack(weights.down().plain()), context.width(), memory.q8Inner(), ids, out));
    } else {
      experts(program);
    }
    combine(program);
    weights
        .shared()
        .ifPresent(
            shared -> {
              program.add(DecodeStage.ROUTER, router(shared.router(), sharedLogit(), true));
              var dense = new DensePrograms(context, shared.expert());
              dense.activate(program);
              DeviceLinear down = context.weights().linear(shared.expert().down());
              program.add(
                  DecodeStage.DOWN,
                  context.single(
                      down, inner, context.memory().q8Inner(), out, context.width(), Slice.NONE));
              addShared(program);
            });
  }

  @Override
  public void batch(Program program, Slice norm, int layer) {
    int width = context.width();
    context.norm(program, DecodeStage.FEED_FORWARD_NORM, norm, true, false);
    program.tap(Stage.FEED_FORWARD_NORM, layer, context.normed(), width, width);
    program.add(DecodeStage.ROUTER, router(weights.router(), logits, false));
    program.tap(Stage.ROUTER, layer, logits, kind.count(), stride());
    route(program);
    expertsOfBatch(program, layer);
    combine(program);
    weights
        .shared()
        .ifPresent(
            shared -> {
              program.add(DecodeStage.ROUTER, router(shared.router(), sharedLogit(), false));
              program.tap(Stage.SHARED_ROUTER, layer, sharedLogit(), 1, stride());
              var dense = new DensePrograms(context, shared.expert());
              dense.activateBatch(program, layer);
              DeviceLinear down = context.weights().linear(shared.expert().down());
              program.add(
                  DecodeStage.DOWN,
                  context
                      .matrices()
                      .gemm(down, inner, 2 * kind.sharedLength(), out, width, Slice.NONE));
              addShared(program);
            });
  }

  private int stride() {
    return Scratch.routerStride(kind);
  }

  private Slice sharedLogit() {
    return logits.plus(kind.count());
  }

  private Launch router(Tensor router, Slice y, boolean single) {
    DeviceLinear linear = context.weights().linear(Linear.of(router));
    int width = context.width();
    return single
        ? context.matrices().exactGemv(linear, context.normed(), width, y, stride())
        : context.matrices().exactGemm(linear, context.normed(), width, y, stride());
  }

  private void route(Program program) {
    program.add(
        DecodeStage.ROUTER,
        launches.route(ids, shares, logits, kind.count(), stride(), kind.renormalise()));
  }

  private void experts(Program program) {
    activate(program);
    down(program);
  }

  /** As {@link #experts}; a row of what is seen has the chosen experts of a token side by side. */
  private void expertsOfBatch(Program program, int layer) {
    int inside = kind.used() * kind.length();
    int outside = kind.used() * context.width();
    activate(program);
    program.tap(Stage.ACTIVATION, layer, inner, inside, inside);
    down(program);
    program.tap(Stage.EXPERT_OUTPUT, layer, out, outside, outside);
  }

  private void activate(Program program) {
    int length = kind.length();
    Slice x = context.normed();
    if (joined()) {
      program.add(
          DecodeStage.GATE_UP,
          launches.product(
              "moe_gate_up", stack(weights.gate().plain()), length, x, kind.used(), ids, inner));
    } else {
      // Items of both lie behind one another: as many rows of gate as a batch can have.
      Slice up = inner.plusBytes(inner.buffer().bytes() / 2);
      program.add(
          DecodeStage.GATE_UP,
          launches.product(
              "moe_gemv", stack(weights.gate().plain()), length, x, kind.used(), ids, inner));
      program.add(
          DecodeStage.GATE_UP,
          launches.product(
              "moe_gemv", stack(weights.up().plain()), length, x, kind.used(), ids, up));
      program.add(DecodeStage.GATE_UP, launches.swiGlu(inner, up, length));
    }
  }

  private void down(Program program) {
    program.add(
        DecodeStage.DOWN,
        launches.product(
            "moe_gemv", stack(weights.down().plain()), context.width(), inner, 1, ids, out));
  }

  private void combine(Program program) {
    Slice residual = context.residual();
    program.add(
        DecodeStage.EXPERT_COMBINE,
        launches.combine(residual, out, shares, residual, context.width()));
  }

  private void addShared(Program program) {
    program.add(
        DecodeStage.EXPERT_COMBINE,
        launches.addShared(context.residual(), out, sharedLogit(), context.width(), stride()));
  }
}
