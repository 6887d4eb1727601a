package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.FeedForwardWeights;
import dev.rocmforge.engine.model.LayerWeights;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A mixture of experts, each token's chosen ones by their ids in device memory. */
final class MixturePrograms implements FeedForwardPrograms {
  private final ProgramContext context;
  private final FeedForwardWeights.Experts weights;
  private final FeedForward.Experts kind;
  private final int layer;
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
    this.layer = layer;
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

  /** Gate rows, with up rows between them where they are joined. */
  private DeviceMatrix gateStack() {
    return context
        .pager()
        .map(pager -> pager.stack(layer, 0))
        .orElseGet(() -> whole(weights.gate().plain()));
  }

  private DeviceMatrix upStack() {
    return context
        .pager()
        .map(pager -> pager.stack(layer, 1))
        .orElseGet(() -> whole(weights.up().plain()));
  }

  private DeviceMatrix downStack() {
    return context
        .pager()
        .map(pager -> pager.stack(layer, pager.downStack(layer)))
        .orElseGet(() -> whole(weights.down().plain()));
  }

  private DeviceMatrix whole(Tensor tensor) {
    return context.weights().matrix(tensor).whole();
  }

  /** What the products take for ids: paged experts go by their slots. */
  private Slice chosen() {
    return context.pager().map(ExpertPager::slots).orElse(ids);
  }

  private boolean joined() {
    return weights.gate().plain().type() == weights.up().plain().type();
  }

  /** Whether the chosen experts take and give signed bytes inside. */
  private boolean bytes() {
    return context.q8() && joined() && gateStack().quantized() && downStack().quantized();
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
    context.pager().ifPresent(pager -> page(program, pager));
    if (bytes()) {
      SessionMemory memory = context.memory();
      program.add(
          DecodeStage.GATE_UP,
          launches.gateUpQ8(
              gateStack(),
              kind.length(),
              memory.q8(),
              chosen(),
              memory.q8Inner(),
              inner,
              memory.slice(GpuMemoryPlan.ARRIVALS)));
      program.add(
          DecodeStage.DOWN,
          launches.downQ8(downStack(), context.width(), memory.q8Inner(), chosen(), out));
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

  /** The host fetches the chosen experts, and the likely ones of the layer behind. */
  private void page(Program program, ExpertPager pager) {
    Slice likely = pager.prefetch() ? likely(program) : Slice.NONE;
    program.add(DecodeStage.ROUTER, new PagedExperts.OfOne(pager, layer, ids, likely));
  }

  /** What the next layer's router chooses from the state before this layer's experts. */
  private Slice likely(Program program) {
    List<LayerWeights> layers = context.model().weights().layers();
    if (layer + 1 == layers.size()) {
      return Slice.NONE;
    }
    var next = (LayerWeights.Transformer) layers.get(layer + 1);
    Tensor router = ((FeedForwardWeights.Experts) next.feedForward()).router();
    int width = context.width();
    Slice normed = context.memory().slice(GpuMemoryPlan.EXPERT_LIKELY);
    Slice guesses = normed.plusBytes(PlaneLayout.aligned(4L * width));
    Slice likely = guesses.plusBytes(PlaneLayout.aligned(4L * kind.count()));
    Slice likelyShares = likely.plusBytes(PlaneLayout.aligned(4L * kind.used()));
    Slice weight = context.weights().vector(next.feedForwardNorm());
    program.add(
        DecodeStage.ROUTER,
        context
            .rows()
            .norm(normed, context.residual(), weight, width, 1, width, width, context.epsilon()));
    DeviceLinear linear = context.weights().linear(Linear.of(router));
    program.add(
        DecodeStage.ROUTER,
        context.matrices().exactGemv(linear, normed, width, guesses, kind.count()));
    program.add(
        DecodeStage.ROUTER,
        launches.route(
            likely, likelyShares, guesses, kind.count(), kind.count(), kind.renormalise()));
    return likely;
  }

  private void experts(Program program) {
    activations().forEach(move -> program.add(DecodeStage.GATE_UP, move.launch()));
    program.add(DecodeStage.DOWN, down().launch());
  }

  /** As {@link #experts}; a row of what is seen has the chosen experts of a token side by side. */
  private void expertsOfBatch(Program program, int layer) {
    int inside = kind.used() * kind.length();
    int outside = kind.used() * context.width();
    if (context.pager().isPresent()) {
      List<PagedExperts.Movable> all = new ArrayList<>(activations());
      all.add(down());
      ExpertPager pager = context.pager().get();
      program.add(DecodeStage.GATE_UP, new PagedExperts.OfBatch(pager, layer, ids, all));
      program.tap(Stage.ACTIVATION, layer, inner, inside, inside);
    } else {
      activations().forEach(move -> program.add(DecodeStage.GATE_UP, move.launch()));
      program.tap(Stage.ACTIVATION, layer, inner, inside, inside);
      program.add(DecodeStage.DOWN, down().launch());
    }
    program.tap(Stage.EXPERT_OUTPUT, layer, out, outside, outside);
  }

  private List<PagedExperts.Movable> activations() {
    if (joined()) {
      return List.of(activation("moe_gate_up", gateStack(), inner));
    }
    // Items of both lie behind one another: as many rows of gate as a batch can have.
    Slice up = inner.plusBytes(inner.buffer().bytes() / 2);
    long bytes = 4L * kind.used() * kind.length();
    return List.of(
        activation("moe_gemv", gateStack(), inner),
        activation("moe_gemv", upStack(), up),
        new PagedExperts.Movable(
            launches.swiGlu(inner, up, kind.length()),
            List.of(
                new PagedExperts.Shift(0, inner, bytes),
                new PagedExperts.Shift(1, inner, bytes),
                new PagedExperts.Shift(2, up, bytes))));
  }

  private PagedExperts.Movable activation(String function, DeviceMatrix stack, Slice y) {
    long values = 4L * kind.used() * kind.length();
    Slice x = context.normed();
    return product(function, stack, kind.length(), x, 4L * context.width(), kind.used(), y, values);
  }

  private PagedExperts.Movable down() {
    int width = context.width();
    long values = 4L * kind.used() * kind.length();
    long results = 4L * kind.used() * width;
    return product("moe_gemv", downStack(), width, inner, values, 1, out, results);
  }

  private PagedExperts.Movable product(
      String function,
      DeviceMatrix stack,
      int rows,
      Slice x,
      long xBytes,
      int share,
      Slice y,
      long yBytes) {
    return new PagedExperts.Movable(
        launches.product(function, stack, rows, x, share, chosen(), y),
        List.of(
            new PagedExperts.Shift(0, y, yBytes),
            new PagedExperts.Shift(2, x, xBytes),
            new PagedExperts.Shift(3, chosen(), 4L * kind.used())));
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
