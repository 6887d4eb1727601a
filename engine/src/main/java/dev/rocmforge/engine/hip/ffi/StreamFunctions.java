package dev.rocmforge.engine.hip.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Streams, capture and events. Spelled as in {@code kernels/runtimes/hip_abi.h}, pointers and
 * handles as segments, results as the C result codes.
 */
public final class StreamFunctions {
  private final MethodHandle hipStreamCreateWithFlags;
  private final MethodHandle hipStreamDestroy;
  private final MethodHandle hipStreamSynchronize;
  private final MethodHandle hipStreamQuery;
  private final MethodHandle hipStreamWaitEvent;
  private final MethodHandle hipStreamBeginCapture;
  private final MethodHandle hipStreamEndCapture;
  private final MethodHandle hipStreamGetCaptureInfo;
  private final MethodHandle hipEventCreateWithFlags;
  private final MethodHandle hipEventDestroy;
  private final MethodHandle hipEventRecord;
  private final MethodHandle hipEventSynchronize;
  private final MethodHandle hipEventQuery;
  private final MethodHandle hipEventElapsedTime;

  StreamFunctions(Symbols symbols) {
    hipStreamCreateWithFlags =
        symbols.required("hipStreamCreateWithFlags", JAVA_INT, ADDRESS, JAVA_INT);
    hipStreamDestroy = symbols.required("hipStreamDestroy", JAVA_INT, ADDRESS);
    hipStreamSynchronize = symbols.required("hipStreamSynchronize", JAVA_INT, ADDRESS);
    hipStreamQuery = symbols.required("hipStreamQuery", JAVA_INT, ADDRESS);
    hipStreamWaitEvent =
        symbols.required("hipStreamWaitEvent", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    hipStreamBeginCapture = symbols.required("hipStreamBeginCapture", JAVA_INT, ADDRESS, JAVA_INT);
    hipStreamEndCapture = symbols.required("hipStreamEndCapture", JAVA_INT, ADDRESS, ADDRESS);
    hipStreamGetCaptureInfo =
        symbols.required("hipStreamGetCaptureInfo", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    hipEventCreateWithFlags =
        symbols.required("hipEventCreateWithFlags", JAVA_INT, ADDRESS, JAVA_INT);
    hipEventDestroy = symbols.required("hipEventDestroy", JAVA_INT, ADDRESS);
    hipEventRecord = symbols.required("hipEventRecord", JAVA_INT, ADDRESS, ADDRESS);
    hipEventSynchronize = symbols.required("hipEventSynchronize", JAVA_INT, ADDRESS);
    hipEventQuery = symbols.required("hipEventQuery", JAVA_INT, ADDRESS);
    hipEventElapsedTime =
        symbols.required("hipEventElapsedTime", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
  }

  public int hipStreamCreateWithFlags(MemorySegment stream, int flags) {
    try {
      return (int) hipStreamCreateWithFlags.invokeExact(stream, flags);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipStreamDestroy(MemorySegment stream) {
    try {
      return (int) hipStreamDestroy.invokeExact(stream);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipStreamSynchronize(MemorySegment stream) {
    try {
      return (int) hipStreamSynchronize.invokeExact(stream);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipStreamQuery(MemorySegment stream) {
    try {
      return (int) hipStreamQuery.invokeExact(stream);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipStreamWaitEvent(MemorySegment stream, MemorySegment event, int flags) {
    try {
      return (int) hipStreamWaitEvent.invokeExact(stream, event, flags);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipStreamBeginCapture(MemorySegment stream, int mode) {
    try {
      return (int) hipStreamBeginCapture.invokeExact(stream, mode);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipStreamEndCapture(MemorySegment stream, MemorySegment graph) {
    try {
      return (int) hipStreamEndCapture.invokeExact(stream, graph);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipStreamGetCaptureInfo(MemorySegment stream, MemorySegment status, MemorySegment id) {
    try {
      return (int) hipStreamGetCaptureInfo.invokeExact(stream, status, id);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipEventCreateWithFlags(MemorySegment event, int flags) {
    try {
      return (int) hipEventCreateWithFlags.invokeExact(event, flags);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipEventDestroy(MemorySegment event) {
    try {
      return (int) hipEventDestroy.invokeExact(event);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipEventRecord(MemorySegment event, MemorySegment stream) {
    try {
      return (int) hipEventRecord.invokeExact(event, stream);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipEventSynchronize(MemorySegment event) {
    try {
      return (int) hipEventSynchronize.invokeExact(event);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipEventQuery(MemorySegment event) {
    try {
      return (int) hipEventQuery.invokeExact(event);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipEventElapsedTime(
      MemorySegment milliseconds, MemorySegment start, MemorySegment stop) {
    try {
      return (int) hipEventElapsedTime.invokeExact(milliseconds, start, stop);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }
}
