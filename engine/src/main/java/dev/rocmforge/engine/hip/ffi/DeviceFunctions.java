package dev.rocmforge.engine.hip.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Devices, versions and errors. Spelled as in {@code kernels/runtimes/hip_abi.h}, pointers and
 * handles as segments, results as the C result codes.
 */
public final class DeviceFunctions {
  private final MethodHandle hipInit;
  private final MethodHandle hipDriverGetVersion;
  private final MethodHandle hipRuntimeGetVersion;
  private final MethodHandle hipGetDeviceCount;
  private final MethodHandle hipSetDevice;
  private final MethodHandle hipGetDevice;
  private final MethodHandle hipGetDeviceProperties;
  private final MethodHandle hipGetDevicePropertiesR0600;
  private final MethodHandle hipDeviceGetAttribute;
  private final MethodHandle hipDeviceSynchronize;
  private final MethodHandle hipDeviceReset;
  private final MethodHandle hipGetErrorName;
  private final MethodHandle hipGetErrorString;
  private final MethodHandle hipGetLastError;

  DeviceFunctions(Symbols symbols) {
    hipInit = symbols.required("hipInit", JAVA_INT, JAVA_INT);
    hipDriverGetVersion = symbols.required("hipDriverGetVersion", JAVA_INT, ADDRESS);
    hipRuntimeGetVersion = symbols.required("hipRuntimeGetVersion", JAVA_INT, ADDRESS);
    hipGetDeviceCount = symbols.required("hipGetDeviceCount", JAVA_INT, ADDRESS);
    hipSetDevice = symbols.required("hipSetDevice", JAVA_INT, JAVA_INT);
    hipGetDevice = symbols.required("hipGetDevice", JAVA_INT, ADDRESS);
    hipGetDeviceProperties =
        symbols.optional("hipGetDeviceProperties", JAVA_INT, ADDRESS, JAVA_INT);
    hipGetDevicePropertiesR0600 =
        symbols.optional("hipGetDevicePropertiesR0600", JAVA_INT, ADDRESS, JAVA_INT);
    hipDeviceGetAttribute =
        symbols.required("hipDeviceGetAttribute", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    hipDeviceSynchronize = symbols.required("hipDeviceSynchronize", JAVA_INT);
    hipDeviceReset = symbols.required("hipDeviceReset", JAVA_INT);
    hipGetErrorName = symbols.required("hipGetErrorName", ADDRESS, JAVA_INT);
    hipGetErrorString = symbols.required("hipGetErrorString", ADDRESS, JAVA_INT);
    hipGetLastError = symbols.required("hipGetLastError", JAVA_INT);
  }

  public int hipInit(int flags) {
    try {
      return (int) hipInit.invokeExact(flags);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipDriverGetVersion(MemorySegment version) {
    try {
      return (int) hipDriverGetVersion.invokeExact(version);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipRuntimeGetVersion(MemorySegment version) {
    try {
      return (int) hipRuntimeGetVersion.invokeExact(version);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipGetDeviceCount(MemorySegment count) {
    try {
      return (int) hipGetDeviceCount.invokeExact(count);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipSetDevice(int device) {
    try {
      return (int) hipSetDevice.invokeExact(device);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipGetDevice(MemorySegment device) {
    try {
      return (int) hipGetDevice.invokeExact(device);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipGetDeviceProperties(MemorySegment properties, int device) {
    try {
      return (int) hipGetDeviceProperties.invokeExact(properties, device);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public boolean hasHipGetDeviceProperties() {
    return hipGetDeviceProperties != null;
  }

  public int hipGetDevicePropertiesR0600(MemorySegment properties, int device) {
    try {
      return (int) hipGetDevicePropertiesR0600.invokeExact(properties, device);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public boolean hasHipGetDevicePropertiesR0600() {
    return hipGetDevicePropertiesR0600 != null;
  }

  public int hipDeviceGetAttribute(MemorySegment value, int attribute, int device) {
    try {
      return (int) hipDeviceGetAttribute.invokeExact(value, attribute, device);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipDeviceSynchronize() {
    try {
      return (int) hipDeviceSynchronize.invokeExact();
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipDeviceReset() {
    try {
      return (int) hipDeviceReset.invokeExact();
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public MemorySegment hipGetErrorName(int error) {
    try {
      return (MemorySegment) hipGetErrorName.invokeExact(error);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public MemorySegment hipGetErrorString(int error) {
    try {
      return (MemorySegment) hipGetErrorString.invokeExact(error);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipGetLastError() {
    try {
      return (int) hipGetLastError.invokeExact();
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }
}
