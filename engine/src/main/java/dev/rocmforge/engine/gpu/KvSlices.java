package dev.rocmforge.engine.gpu;

/** Keys and values of one layer's cache, {@code [capacity][kv heads * head size]} each. */
record KvSlices(Slice keys, Slice values) {}
