package dev.rocmforge.engine.gpu;

/**
 * Keys and values of one layer's cache: {@code [capacity][kv heads]} heads as their type has them,
 * and the scales of coded heads, {@code [capacity][kv heads][scales]} f16; none for plain types.
 */
record KvSlices(Slice keys, Slice keyScales, Slice values, Slice valueScales) {
  /**
   * One layer's part of the session's cache.
   *
   * @param capacity positions of a layer
   */
  static KvSlices of(SessionMemory memory, AttentionShape shape, int layer, int capacity) {
    long heads = (long) layer * capacity * shape.kvHeads();
    int size = shape.headSize();
    return new KvSlices(
        memory.slice(GpuMemoryPlan.KEYS).plusBytes(heads * shape.kv().keys().codeBytes(size)),
        scales(memory, GpuMemoryPlan.KEY_SCALES, heads * shape.kv().keys().scales(size)),
        memory.slice(GpuMemoryPlan.VALUES).plusBytes(heads * shape.kv().values().codeBytes(size)),
        scales(memory, GpuMemoryPlan.VALUE_SCALES, heads * shape.kv().values().scales(size)));
  }

  private static Slice scales(SessionMemory memory, String name, long before) {
    Slice all = memory.optional(name);
    return all.equals(Slice.NONE) ? all : all.plusBytes(2 * before);
  }
}
