package dev.rocmforge.engine.hip.ffi;

import java.lang.foreign.MemorySegment;

/** Views of memory whose extent only the C side knows. */
public final class NativeMemory {
  private NativeMemory() {}

  /** The text at a zero-terminated pointer; empty for null. */
  @SuppressWarnings("restricted")
  public static String text(MemorySegment pointer) {
    return pointer.address() == 0 ? "" : pointer.reinterpret(Long.MAX_VALUE).getString(0);
  }

  /** The {@code bytes} bytes at a pointer; lives until its owner frees it. */
  @SuppressWarnings("restricted")
  public static MemorySegment view(MemorySegment pointer, long bytes) {
    return pointer.reinterpret(bytes);
  }
}
