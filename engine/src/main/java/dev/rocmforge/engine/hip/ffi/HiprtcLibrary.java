package dev.rocmforge.engine.hip.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The run-time compiler. Spelled as in {@code kernels/runtimes/hip_abi.h}, pointers and handles as
 * segments, results as the C result codes.
 */
public final class HiprtcLibrary {
  private final MethodHandle hiprtcVersion;
  private final MethodHandle hiprtcCreateProgram;
  private final MethodHandle hiprtcDestroyProgram;
  private final MethodHandle hiprtcCompileProgram;
  private final MethodHandle hiprtcGetProgramLogSize;
  private final MethodHandle hiprtcGetProgramLog;
  private final MethodHandle hiprtcGetCodeSize;
  private final MethodHandle hiprtcGetCode;
  private final MethodHandle hiprtcAddNameExpression;
  private final MethodHandle hiprtcGetLoweredName;
  private final MethodHandle hiprtcGetErrorString;

  HiprtcLibrary(Symbols symbols) {
    hiprtcVersion = symbols.required("hiprtcVersion", JAVA_INT, ADDRESS, ADDRESS);
    hiprtcCreateProgram =
        symbols.required(
            "hiprtcCreateProgram", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
    hiprtcDestroyProgram = symbols.required("hiprtcDestroyProgram", JAVA_INT, ADDRESS);
    hiprtcCompileProgram =
        symbols.required("hiprtcCompileProgram", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    hiprtcGetProgramLogSize =
        symbols.required("hiprtcGetProgramLogSize", JAVA_INT, ADDRESS, ADDRESS);
    hiprtcGetProgramLog = symbols.required("hiprtcGetProgramLog", JAVA_INT, ADDRESS, ADDRESS);
    hiprtcGetCodeSize = symbols.required("hiprtcGetCodeSize", JAVA_INT, ADDRESS, ADDRESS);
    hiprtcGetCode = symbols.required("hiprtcGetCode", JAVA_INT, ADDRESS, ADDRESS);
    hiprtcAddNameExpression =
        symbols.required("hiprtcAddNameExpression", JAVA_INT, ADDRESS, ADDRESS);
    hiprtcGetLoweredName =
        symbols.required("hiprtcGetLoweredName", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    hiprtcGetErrorString = symbols.required("hiprtcGetErrorString", ADDRESS, JAVA_INT);
  }

  public int hiprtcVersion(MemorySegment major, MemorySegment minor) {
    try {
      return (int) hiprtcVersion.invokeExact(major, minor);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hiprtcCreateProgram(
      MemorySegment program,
      MemorySegment source,
      MemorySegment name,
      int headerCount,
      MemorySegment headers,
      MemorySegment includeNames) {
    try {
      return (int)
          hiprtcCreateProgram.invokeExact(
              program, source, name, headerCount, headers, includeNames);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hiprtcDestroyProgram(MemorySegment program) {
    try {
      return (int) hiprtcDestroyProgram.invokeExact(program);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hiprtcCompileProgram(MemorySegment program, int optionCount, MemorySegment options) {
    try {
      return (int) hiprtcCompileProgram.invokeExact(program, optionCount, options);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hiprtcGetProgramLogSize(MemorySegment program, MemorySegment size) {
    try {
      return (int) hiprtcGetProgramLogSize.invokeExact(program, size);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hiprtcGetProgramLog(MemorySegment program, MemorySegment log) {
    try {
      return (int) hiprtcGetProgramLog.invokeExact(program, log);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hiprtcGetCodeSize(MemorySegment program, MemorySegment size) {
    try {
      return (int) hiprtcGetCodeSize.invokeExact(program, size);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hiprtcGetCode(MemorySegment program, MemorySegment code) {
    try {
      return (int) hiprtcGetCode.invokeExact(program, code);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hiprtcAddNameExpression(MemorySegment program, MemorySegment expression) {
    try {
      return (int) hiprtcAddNameExpression.invokeExact(program, expression);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hiprtcGetLoweredName(
      MemorySegment program, MemorySegment expression, MemorySegment name) {
    try {
      return (int) hiprtcGetLoweredName.invokeExact(program, expression, name);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public MemorySegment hiprtcGetErrorString(int result) {
    try {
      return (MemorySegment) hiprtcGetErrorString.invokeExact(result);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }
}
