package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.hip.Stream;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.FeedForwardWeights;
import dev.rocmforge.engine.model.LayerWeights;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.TransformerBlocks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Transformer blocks: attention over a cache, then a dense or mixed feed-forward part. */
final class TransformerPrograms implements BlockPrograms {
  /** Columns of a row that a fused launch keeps in shared memory, within 48 KiB. */
  private static final int FUSED_COLUMNS = 8192;

  private static final int UNIT = 32;

  private final ProgramContext context;
  private final AttentionShape shape;
  private final AttentionLaunches attention;
  private final Slice projected;
  private final Slice mixed;
  private final AttentionLaunches.DecodeSpace space;
  private final Q8Slice q8;
  private final List<FeedForwardPrograms> feedForward = new ArrayList<>();

  TransformerPrograms(ProgramContext context, TransformerBlocks blocks, KvStorage kv) {
    this.context = context;
    SessionMemory memory = context.memory();
    shape =
        AttentionShape.of(
            blocks,
            kv,
            memory.slice(GpuMemoryPlan.ROPE),
            memory.optional(GpuMemoryPlan.ROTATION),
            context.control().state());
    attention =
        new AttentionLaunches(shape, decodeShape(blocks, context), context.wave(), context.arena());
    projected = memory.slice(Scratch.PROJECTED);
    mixed = memory.slice(Scratch.MIXED);
    space =
        new AttentionLaunches.DecodeSpace(
            memory.slice(GpuMemoryPlan.PARTIAL), memory.slice(GpuMemoryPlan.ARRIVALS));
    q8 = memory.q8();
    for (LayerWeights layer : context.model().weights().layers()) {
      feedForward.add(feedForward(blocks, ((LayerWeights.Transformer) layer).feedForward()));
    }
  }

  /** How the blocks of the decode attention are cut. */
  static LaunchShape decodeShape(TransformerBlocks blocks, ProgramContext context) {
    int group = blocks.heads() / blocks.kvHeads();
    return context
        .shapes()
        .attention(group, blocks.keyLength())
        .fitted(context.wave())
        .atMost(group, context.wave());
  }

  private FeedForwardPrograms feedForward(TransformerBlocks blocks, FeedForwardWeights weights) {
    return switch (weights) {
      case FeedForwardWeights.Dense dense -> new DensePrograms(context, dense);
      case FeedForwardWeights.Experts experts ->
          new MixturePrograms(
              context, experts, (FeedForward.Experts) blocks.feedForward(), feedForward.size());
    };
  }

  private LayerWeights.Transformer layer(int index) {
    return (LayerWeights.Transformer) context.model().weights().layers().get(index);
  }

  private Slice vector(Tensor tensor) {
    return context.weights().vector(tensor);
  }

  private KvSlices cache(int layer) {
    return KvSlices.of(context.memory(), shape, layer, context.capacity());
  }

  @Override
  public void single(Program program) {
    for (int i = 0; i < feedForward.size(); i++) {
      singleAttention(program, i);
      feedForward.get(i).single(program, vector(layer(i).feedForwardNorm()));
    }
  }

  private void singleAttention(Program program, int index) {
    LayerWeights.Attention layer = layer(index).attention();
    Optional<DeviceLinear> joined =
        context.weights().joined(List.of(layer.query(), layer.key(), layer.value()));
    KvSlices cache = cache(index);
    boolean fused =
        shape.plain()
            && joined.isPresent()
            && layer.queryNorm().isEmpty()
            && context.width() <= FUSED_COLUMNS;
    if (fused && context.shares(joined.get())) {
      projectFew(program, layer, joined.get(), cache);
    } else if (fused) {
      projectFused(program, layer, joined.get(), cache);
    } else {
      List<DeviceLinear> parts = parts(layer, joined);
      context.norm(
          program,
          DecodeStage.ATTENTION_NORM,
          vector(layer.norm()),
          parts.stream().anyMatch(part -> !context.q8(part)),
          parts.stream().anyMatch(context::q8));
      int row = 0;
      for (DeviceLinear part : parts) {
        Slice y = projected.plus(row);
        context.single(
            program,
            DecodeStage.QKV,
            part,
            context.normed(),
            q8,
            y,
            shape.projectedWidth(),
            Slice.NONE);
        row += part.rows();
      }
      headNorms(program, layer);
      program.add(DecodeStage.ROPE_KV_WRITE, attention.ropeKvWrite(projected, cache));
    }
    DeviceLinear output = context.weights().linear(layer.output());
    decode(program, context.q8(output), cache);
    Slice residual = context.residual();
    context.single(
        program,
        DecodeStage.ATTENTION_OUTPUT,
        output,
        mixed,
        q8,
        residual,
        context.width(),
        residual);
  }

  /** Norm, queries, keys and values, rotation and cache write in one launch. */
  private void projectFused(
      Program program, LayerWeights.Attention layer, DeviceLinear joined, KvSlices cache) {
    program.add(
        DecodeStage.QKV,
        context
            .matrices()
            .qkv(
                context.q8(joined),
                joined,
                shape,
                cache,
                context.residual(),
                vector(layer.norm()),
                context.epsilon(),
                projected));
  }

  /** The fused launch in parts that share weights, each with the order of its sums. */
  private void projectFew(
      Program program, LayerWeights.Attention layer, DeviceLinear joined, KvSlices cache) {
    String fused = "qkv_q8";
    int threads = context.matrices().shapeOf(fused, joined.matrix()).threads();
    program.add(
        DecodeStage.QKV,
        context
            .rows()
            .normQ8(
                q8,
                context.residual(),
                vector(layer.norm()),
                context.width(),
                context.epsilon(),
                threads));
    program.add(
        DecodeStage.QKV,
        context
            .matrices()
            .gemvQ8Tokens(fused, joined, q8, projected, shape.projectedWidth(), Slice.NONE));
    program.add(DecodeStage.QKV, attention.ropeKvWrite(projected, cache));
  }

  private List<DeviceLinear> parts(LayerWeights.Attention layer, Optional<DeviceLinear> joined) {
    return joined
        .map(List::of)
        .orElseGet(
            () ->
                List.of(
                    context.weights().linear(layer.query()),
                    context.weights().linear(layer.key()),
                    context.weights().linear(layer.value())));
  }

  private void decode(Program program, boolean bytes, KvSlices cache) {
    if (shape.kv().values().turned()) {
      decodeTurned(program, bytes, cache);
      return;
    }
    if (bytes && shape.headSize() % UNIT == 0) {
      program.add(DecodeStage.ATTENTION, attention.decodeQ8(q8, space, projected, cache));
      return;
    }
    program.add(DecodeStage.ATTENTION, attention.decode(mixed, space, projected, cache));
    if (bytes) {
      program.add(DecodeStage.ATTENTION, context.rows().quantize(q8, mixed, shape.queryWidth()));
    }
  }

  private void decodeTurned(Program program, boolean bytes, KvSlices cache) {
    program.add(DecodeStage.ATTENTION, attention.decode(mixed, space, projected, cache));
    if (bytes && shape.headSize() % UNIT == 0) {
      program.add(DecodeStage.ATTENTION, attention.turnBack(mixed, q8));
      return;
    }
    program.add(DecodeStage.ATTENTION, attention.turnBack(mixed));
    if (bytes) {
      program.add(DecodeStage.ATTENTION, context.rows().quantize(q8, mixed, shape.queryWidth()));
    }
  }

  private void headNorms(Program program, LayerWeights.Attention layer) {
    layer.queryNorm().ifPresent(norm -> headNorm(program, projected, norm, shape.heads()));
    layer
        .keyNorm()
        .ifPresent(
            norm -> headNorm(program, projected.plus(shape.queryWidth()), norm, shape.kvHeads()));
  }

  private void headNorm(Program program, Slice heads, Tensor norm, int count) {
    int stride = shape.projectedWidth();
    program.add(
        DecodeStage.QK_NORM,
        context
            .rows()
            .norm(
                heads,
                heads,
                vector(norm),
                shape.headSize(),
                count,
                stride,
                stride,
                context.epsilon()));
  }

  @Override
  public void batch(Program program) {
    int width = context.width();
    for (int i = 0; i < feedForward.size(); i++) {
      batchAttention(program, i);
      program.tap(Stage.ATTENTION_RESIDUAL, i, context.residual(), width, width);
      feedForward.get(i).batch(program, vector(layer(i).feedForwardNorm()), i);
      program.tap(Stage.BLOCK_OUTPUT, i, context.residual(), width, width);
    }
  }

  private void batchAttention(Program program, int index) {
    LayerWeights.Attention layer = layer(index).attention();
    int width = context.width();
    int stride = shape.projectedWidth();
    context.norm(program, DecodeStage.ATTENTION_NORM, vector(layer.norm()), true, false);
    program.tap(Stage.ATTENTION_NORM, index, context.normed(), width, width);
    Optional<DeviceLinear> joined =
        context.weights().joined(List.of(layer.query(), layer.key(), layer.value()));
    int row = 0;
    for (DeviceLinear part : parts(layer, joined)) {
      Slice y = projected.plus(row);
      context.many(program, DecodeStage.QKV, part, context.normed(), width, y, stride, Slice.NONE);
      row += part.rows();
    }
    int queries = shape.queryWidth();
    program.tap(Stage.QUERY, index, projected, queries, stride);
    program.tap(Stage.KEY, index, projected.plus(queries), shape.kvWidth(), stride);
    program.tap(
        Stage.VALUE, index, projected.plus(queries + shape.kvWidth()), shape.kvWidth(), stride);
    headNorms(program, layer);
    if (layer.queryNorm().isPresent()) {
      program.tap(Stage.QUERY_NORM, index, projected, queries, stride);
    }
    if (layer.keyNorm().isPresent()) {
      program.tap(Stage.KEY_NORM, index, projected.plus(queries), shape.kvWidth(), stride);
    }
    program.add(DecodeStage.ROPE_KV_WRITE, attention.ropeKvWrite(projected, cache(index)));
    program.tap(Stage.ROTATED_QUERY, index, projected, queries, stride);
    program.add(DecodeStage.ATTENTION, attention.prefill(mixed, projected, cache(index)));
    if (shape.kv().values().turned()) {
      program.add(DecodeStage.ATTENTION, attention.turnBack(mixed));
    }
    program.tap(Stage.ATTENTION, index, mixed, queries, queries);
    DeviceLinear output = context.weights().linear(layer.output());
    Slice residual = context.residual();
    context.many(
        program, DecodeStage.ATTENTION_OUTPUT, output, mixed, queries, residual, width, residual);
  }

  @Override
  public boolean canRewind(int position) {
    return true;
  }

  @Override
  public void rewind(int position, Stream stream) {
    // Positions beyond are overwritten before they are read.
  }
}
