package dev.rocmforge.engine.gpu;

import java.lang.foreign.Arena;

/** Launchers of rotation, cache write and attention. */
final class AttentionLaunches {
  /** Path of the decode attention's kernel. */
  static final String DECODE = "ops/attention_decode";

  /** Threads of a block that turns one head. */
  private static final int HEAD_THREADS = 64;

  /** Tokens of a prefill block. */
  private static final int PREFILL_TOKENS = 16;

  private final AttentionShape shape;
  private final LaunchShape decode;
  private final int wave;
  private final Arena arena;

  /**
   * @param decode of the decode attention
   */
  AttentionLaunches(AttentionShape shape, LaunchShape decode, int wave, Arena arena) {
    this.shape = shape;
    this.decode = decode;
    this.wave = wave;
    this.arena = arena;
  }

  /** Turns the queries of joined rows in place; keys, turned, and values go into the cache. */
  Launch ropeKvWrite(Slice projected, KvSlices cache) {
    return shape.plain() ? plainWrite(projected, cache) : codedWrite(projected, cache);
  }

  private Launch codedWrite(Slice projected, KvSlices cache) {
    return Launch.of(
        shape.attending(KernelId.of("ops/rope_kv_store")),
        Grid.perToken(shape.heads() + 2 * shape.kvHeads()),
        HEAD_THREADS,
        new LaunchArguments()
            .to(projected)
            .to(cache.keys())
            .to(cache.keyScales())
            .to(cache.values())
            .to(cache.valueScales())
            .to(shape.table())
            .to(shape.state())
            .to(shape.rotation())
            .ints(shape.heads(), shape.kvHeads(), shape.rotary())
            .ints(shape.projectedWidth(), shape.pairing()),
        arena);
  }

  /** Undoes the rotation of attended values in place. */
  Launch turnBack(Slice attended) {
    return turnBack(attended, new Q8Slice(Slice.NONE, Slice.NONE));
  }

  /** The same as signed bytes; heads of whole units only. */
  Launch turnBack(Slice attended, Q8Slice bytes) {
    return Launch.of(
        KernelId.of("ops/turn_back").with("RF_HEAD_SIZE", shape.headSize()),
        Grid.perToken(shape.heads()),
        HEAD_THREADS,
        new LaunchArguments()
            .to(attended)
            .to(bytes.bytes())
            .to(bytes.scales())
            .to(shape.rotation())
            .ints(shape.queryWidth()),
        arena);
  }

  private Launch plainWrite(Slice projected, KvSlices cache) {
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
            .to(cache.keyScales())
            .to(cache.values())
            .to(cache.valueScales())
            .to(shape.state())
            .tokens()
            .ints(shape.heads(), shape.kvHeads(), shape.projectedWidth(), shape.queryWidth())
            .bits(shape.scale()),
        arena);
  }

  /** A single token's attention, the positions split over blocks, as floats. */
  Launch decode(Slice out, DecodeSpace space, Slice queries, KvSlices cache) {
    return decode(out, new Q8Slice(Slice.NONE, Slice.NONE), space, queries, cache);
  }

  /** The same as signed bytes; heads of whole units only. */
  Launch decodeQ8(Q8Slice out, DecodeSpace space, Slice queries, KvSlices cache) {
    return decode(Slice.NONE, out, space, queries, cache);
  }

  private Launch decode(
      Slice out, Q8Slice bytes, DecodeSpace space, Slice queries, KvSlices cache) {
    return Launch.of(
        decode.applied(shape.attending(KernelId.of(DECODE)), shape.headSize()),
        new Grid(
            1, decodeBlocks(shape.heads(), shape.kvHeads(), decode, wave), Grid.Axis.Z, 1, 1, true),
        decode.threads(),
        new LaunchArguments()
            .to(out)
            .to(bytes.bytes())
            .to(bytes.scales())
            .to(space.partial())
            .to(space.arrivals())
            .to(queries)
            .to(cache.keys())
            .to(cache.keyScales())
            .to(cache.values())
            .to(cache.valueScales())
            .to(shape.state())
            .ints(shape.heads(), shape.kvHeads())
            .splits()
            .ints(shape.projectedWidth(), shape.queryWidth())
            .bits(shape.scale()),
        arena);
  }

  /** Blocks of one split. */
  static int decodeBlocks(int heads, int kvHeads, LaunchShape shape, int wave) {
    return kvHeads * Grid.ceil(heads / kvHeads, shape.rowsPerBlock(wave));
  }

  /** Floats of one split's part of a head. */
  static int partFloats(int headSize) {
    return Grid.ceil(headSize, 4) * 4 + 4;
  }

  /**
   * Where the blocks of a decode attention meet.
   *
   * @param arrivals zero between launches
   */
  record DecodeSpace(Slice partial, Slice arrivals) {}
}
