package dev.rocmforge.engine.hip.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * What only the stand-in runtimes export. Spelled as in {@code kernels/runtimes/hip_abi.h},
 * pointers and handles as segments, results as the C result codes.
 */
public final class StandInFunctions {
  private final MethodHandle rocmforgeErrorDetail;
  private final MethodHandle rocmforgeSetFaults;
  private final MethodHandle rocmforgeConfigure;
  private final MethodHandle rocmforgeCallCount;
  private final MethodHandle rocmforgeLiveAllocations;

  StandInFunctions(Symbols symbols) {
    rocmforgeErrorDetail = symbols.required("rocmforgeErrorDetail", ADDRESS);
    rocmforgeSetFaults = symbols.required("rocmforgeSetFaults", JAVA_INT, ADDRESS);
    rocmforgeConfigure = symbols.required("rocmforgeConfigure", JAVA_INT, ADDRESS, ADDRESS);
    rocmforgeCallCount = symbols.required("rocmforgeCallCount", JAVA_LONG);
    rocmforgeLiveAllocations = symbols.requiredVoid("rocmforgeLiveAllocations", ADDRESS, ADDRESS);
  }

  public MemorySegment rocmforgeErrorDetail() {
    try {
      return (MemorySegment) rocmforgeErrorDetail.invokeExact();
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int rocmforgeSetFaults(MemorySegment faults) {
    try {
      return (int) rocmforgeSetFaults.invokeExact(faults);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int rocmforgeConfigure(MemorySegment name, MemorySegment value) {
    try {
      return (int) rocmforgeConfigure.invokeExact(name, value);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public long rocmforgeCallCount() {
    try {
      return (long) rocmforgeCallCount.invokeExact();
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public void rocmforgeLiveAllocations(MemorySegment count, MemorySegment bytes) {
    try {
      rocmforgeLiveAllocations.invokeExact(count, bytes);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }
}
