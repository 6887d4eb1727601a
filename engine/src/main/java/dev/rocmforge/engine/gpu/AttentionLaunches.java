package dev.rocmforge.engine.gpu;

import java.lang.foreign.Arena;

/** Launchers of rotation, cache write and attention. */
final class AttentionLaunches {
  /** Query heads of one kv head that a decode block takes. */
  private static final int GROUP = 8;

  /** Tokens of a prefill block. */
  private static final int PREFILL_TOKENS = 16;

  private final AttentionShape shape;
  private final int wave;
  private final Arena arena;

  AttentionLaunches(AttentionShape shape, int wave, Arena arena) {
    this.shape = shape;
    this.wave = wave;
    this.arena = arena;
  }

  /** Turns the queries of joined rows in place; keys, turned, and values go into the cache. */
  Launch ropeKvWrite(Slice projected, KvSlices cache) {
    return Launch.of(
        shape.cached(KernelId.of("ops/rope_kv_write")),
        Grid.perToken(Grid.ceil(shape.projectedWidth() / 2, 64)),
        64,
        new LaunchArguments()
            .to(projected)
            .to(cache.keys())
            .to(cache.values())
            .to(shape.table())
            .to(shape.state())
            .ints(shape.heads(), shape.kvHeads(), shape.headSize(), shape.rotary())
            .ints(shape.projectedWidth(), shape.pairing()),
        arena);
  }

  /** Attention of a batch over the cache, which already holds it. */
  Launch prefill(Slice out, Slice queries, KvSlices cache) {
    return Launch.of(
        shape.attending(KernelId.of("ops/attention_prefill")),
        new Grid(1, shape.heads(), Grid.Axis.X, PREFILL_TOKENS, 1, false),
        4 * wave,
        new LaunchArguments()
            .to(out)
            .to(queries)
            .to(cache.keys())
            .to(cache.values())
            .to(shape.state())
            .tokens()
            .ints(shape.heads(), shape.kvHeads(), shape.projectedWidth(), shape.queryWidth())
            .bits(shape.scale()),
        arena);
  }

  /** Parts of a single token's attention, the positions split over blocks. */
  Launch decode(Slice partial, Slice queries, KvSlices cache) {
    int groups = Grid.ceil(shape.heads() / shape.kvHeads(), GROUP);
    return Launch.of(
        shape.attending(KernelId.of("ops/attention_decode")),
        new Grid(1, shape.kvHeads() * groups, Grid.Axis.Z, 1, 1, true),
        4 * wave,
        new LaunchArguments()
            .to(partial)
            .to(queries)
            .to(cache.keys())
            .to(cache.values())
            .to(shape.state())
            .ints(shape.heads(), shape.kvHeads())
            .splits()
            .ints(shape.projectedWidth())
            .bits(shape.scale()),
        arena);
  }

  /** Joins the parts. */
  Launch combine(Slice out, Slice partial) {
    return Launch.of(
        shape.attending(KernelId.of("ops/attention_decode", "attention_combine")),
        Grid.perToken(shape.heads()),
        64,
        new LaunchArguments().to(out).to(partial).splits().ints(shape.queryWidth()),
        arena);
  }

  /** Joins the parts into signed bytes; heads of whole units only. */
  Launch combineQ8(Q8Slice out, Slice partial) {
    return Launch.of(
        shape.attending(KernelId.of("ops/attention_decode", "attention_combine_q8")),
        Grid.perToken(shape.heads()),
        64,
        new LaunchArguments().to(out.bytes()).to(out.scales()).to(partial).splits(),
        arena);
  }
}
