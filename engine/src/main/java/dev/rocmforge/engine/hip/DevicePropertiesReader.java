package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.hip.ffi.DeviceFunctions;
import dev.rocmforge.engine.hip.ffi.HipLibrary;
import dev.rocmforge.engine.hip.ffi.PropertiesLayout;
import dev.rocmforge.engine.hip.ffi.PropertiesLayout.Field;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Reads properties through whichever entry point the library has. The struct changed between
 * releases, so the buffer is larger than any known one and filled with a pattern first: a field
 * that keeps the pattern, or an implausible architecture, means a layout that we do not know.
 */
final class DevicePropertiesReader {
  private static final byte SENTINEL = (byte) 0xDB;
  private static final int ROOM = 8192;
  private static final Pattern ARCHITECTURE =
      Pattern.compile("(gfx[0-9a-f]{3,4}|sm_[0-9]{2,3}[af]?)(:[a-z]+[+-])*");

  // hipDeviceAttribute_t
  private static final int CLOCK_RATE = 5;
  private static final int INTEGRATED = 16;
  private static final int L2_CACHE_SIZE = 19;
  private static final int MAJOR = 23;
  private static final int MAX_THREADS_PER_BLOCK = 56;
  private static final int MEMORY_BUS_WIDTH = 59;
  private static final int MEMORY_CLOCK_RATE = 60;
  private static final int MINOR = 61;
  private static final int MULTIPROCESSOR_COUNT = 63;
  private static final int MAX_SHARED_MEMORY_PER_BLOCK = 74;
  private static final int PCI_BUS_ID = 67;
  private static final int PCI_DEVICE_ID = 68;
  private static final int PCI_DOMAIN_ID = 69;
  private static final int WARP_SIZE = 87;

  private final DeviceFunctions functions;
  private final HipErrors errors;
  private final String path;

  DevicePropertiesReader(HipLibrary library, HipErrors errors) {
    this.functions = library.device();
    this.errors = errors;
    this.path = library.path();
  }

  DeviceProperties read(int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = arena.allocate(ROOM, 16).fill(SENTINEL);
      PropertiesLayout layout = fill(struct, device);
      String architecture = text(struct, layout.offset(Field.gcnArchName));
      long memory = struct.get(ValueLayout.JAVA_LONG, layout.offset(Field.totalGlobalMem));
      int wave = struct.get(ValueLayout.JAVA_INT, layout.offset(Field.warpSize));
      int waveAttribute = attribute(arena, WARP_SIZE, device);
      if (!ARCHITECTURE.matcher(architecture).matches() || memory <= 0 || wave != waveAttribute) {
        throw new EnvironmentException(
            "%s: device %d: %s has an unknown layout: architecture \"%s\", %d bytes, wave %d (%d)"
                .formatted(
                    path, device, layout.struct(), architecture, memory, wave, waveAttribute));
      }
      return new DeviceProperties(
          device,
          text(struct, layout.offset(Field.name)),
          architecture,
          memory,
          wave,
          attribute(arena, MULTIPROCESSOR_COUNT, device),
          attribute(arena, MAX_THREADS_PER_BLOCK, device),
          attribute(arena, MAX_SHARED_MEMORY_PER_BLOCK, device),
          attribute(arena, CLOCK_RATE, device),
          attribute(arena, MEMORY_CLOCK_RATE, device),
          attribute(arena, MEMORY_BUS_WIDTH, device),
          attribute(arena, L2_CACHE_SIZE, device),
          attribute(arena, INTEGRATED, device) != 0,
          attribute(arena, MAJOR, device),
          attribute(arena, MINOR, device),
          "%04x:%02x:%02x"
              .formatted(
                  attribute(arena, PCI_DOMAIN_ID, device),
                  attribute(arena, PCI_BUS_ID, device),
                  attribute(arena, PCI_DEVICE_ID, device)));
    }
  }

  private PropertiesLayout fill(MemorySegment struct, int device) {
    if (functions.hasHipGetDevicePropertiesR0600()) {
      errors.check(
          functions.hipGetDevicePropertiesR0600(struct, device),
          "hipGetDevicePropertiesR0600",
          "device " + device);
      return PropertiesLayout.ROCM_6;
    }
    if (!functions.hasHipGetDeviceProperties()) {
      throw new EnvironmentException(
          path + ": neither hipGetDevicePropertiesR0600 nor hipGetDeviceProperties");
    }
    errors.check(
        functions.hipGetDeviceProperties(struct, device),
        "hipGetDeviceProperties",
        "device " + device);
    return PropertiesLayout.ROCM_5;
  }

  private int attribute(Arena arena, int attribute, int device) {
    MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
    errors.check(
        functions.hipDeviceGetAttribute(value, attribute, device),
        "hipDeviceGetAttribute",
        "attribute " + attribute + " of device " + device);
    return value.get(ValueLayout.JAVA_INT, 0);
  }

  /** Zero-terminated within its field; whatever else is there shows up as it is. */
  private static String text(MemorySegment struct, long offset) {
    byte[] bytes =
        struct.asSlice(offset, PropertiesLayout.TEXT_BYTES).toArray(ValueLayout.JAVA_BYTE);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }
}
