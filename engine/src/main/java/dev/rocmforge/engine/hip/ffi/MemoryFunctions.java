package dev.rocmforge.engine.hip.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Device and pinned memory, copies and fills. Spelled as in {@code kernels/runtimes/hip_abi.h},
 * pointers and handles as segments, results as the C result codes.
 */
public final class MemoryFunctions {
  private final MethodHandle hipMemGetInfo;
  private final MethodHandle hipMalloc;
  private final MethodHandle hipFree;
  private final MethodHandle hipMallocAsync;
  private final MethodHandle hipFreeAsync;
  private final MethodHandle hipHostMalloc;
  private final MethodHandle hipHostFree;
  private final MethodHandle hipMemcpy;
  private final MethodHandle hipMemcpyAsync;
  private final MethodHandle hipMemset;
  private final MethodHandle hipMemsetAsync;

  MemoryFunctions(Symbols symbols) {
    hipMemGetInfo = symbols.required("hipMemGetInfo", JAVA_INT, ADDRESS, ADDRESS);
    hipMalloc = symbols.required("hipMalloc", JAVA_INT, ADDRESS, JAVA_LONG);
    hipFree = symbols.required("hipFree", JAVA_INT, ADDRESS);
    hipMallocAsync = symbols.required("hipMallocAsync", JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS);
    hipFreeAsync = symbols.required("hipFreeAsync", JAVA_INT, ADDRESS, ADDRESS);
    hipHostMalloc = symbols.required("hipHostMalloc", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    hipHostFree = symbols.required("hipHostFree", JAVA_INT, ADDRESS);
    hipMemcpy = symbols.required("hipMemcpy", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT);
    hipMemcpyAsync =
        symbols.required(
            "hipMemcpyAsync", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS);
    hipMemset = symbols.required("hipMemset", JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG);
    hipMemsetAsync =
        symbols.required("hipMemsetAsync", JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS);
  }

  public int hipMemGetInfo(MemorySegment free, MemorySegment total) {
    try {
      return (int) hipMemGetInfo.invokeExact(free, total);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipMalloc(MemorySegment pointer, long size) {
    try {
      return (int) hipMalloc.invokeExact(pointer, size);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipFree(MemorySegment pointer) {
    try {
      return (int) hipFree.invokeExact(pointer);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipMallocAsync(MemorySegment pointer, long size, MemorySegment stream) {
    try {
      return (int) hipMallocAsync.invokeExact(pointer, size, stream);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipFreeAsync(MemorySegment pointer, MemorySegment stream) {
    try {
      return (int) hipFreeAsync.invokeExact(pointer, stream);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipHostMalloc(MemorySegment pointer, long size, int flags) {
    try {
      return (int) hipHostMalloc.invokeExact(pointer, size, flags);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipHostFree(MemorySegment pointer) {
    try {
      return (int) hipHostFree.invokeExact(pointer);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipMemcpy(MemorySegment target, MemorySegment source, long size, int kind) {
    try {
      return (int) hipMemcpy.invokeExact(target, source, size, kind);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipMemcpyAsync(
      MemorySegment target, MemorySegment source, long size, int kind, MemorySegment stream) {
    try {
      return (int) hipMemcpyAsync.invokeExact(target, source, size, kind, stream);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipMemset(MemorySegment target, int value, long size) {
    try {
      return (int) hipMemset.invokeExact(target, value, size);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipMemsetAsync(MemorySegment target, int value, long size, MemorySegment stream) {
    try {
      return (int) hipMemsetAsync.invokeExact(target, value, size, stream);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }
}
