package dev.rocmforge.validation.model;

import dev.rocmforge.engine.gpu.KernelId;
import dev.rocmforge.engine.gpu.KernelLibrary;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.Kernel;
import dev.rocmforge.engine.hip.KernelArguments;
import dev.rocmforge.engine.hip.KernelSource;
import dev.rocmforge.engine.hip.Module;
import dev.rocmforge.engine.hip.Stream;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Figure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whether kernels can see a NaN at all. Flags that promise finite numbers let the compiler delete
 * tests for NaN, and a check built on them would pass whatever comes. So the flags are read, and a
 * kernel compiled with them must see every NaN and infinity given to it.
 *
 * @param options of the compiler
 * @param faults what is wrong, in words; empty where all is well
 */
public record NanSight(List<String> options, List<String> faults) {
  private static final List<String> DELETING =
      List.of(
          "-ffast-math",
          "-Ofast",
          "-ffinite-math-only",
          "-fno-honor-nans",
          "-fno-honor-infinities",
          "-menable-no-nans",
          "-menable-no-infs",
          "-cl-fast-relaxed-math",
          "-cl-finite-math-only",
          "-ffp-model=fast",
          "-ffp-model=aggressive");

  /** Variables by which compilers take further options. */
  private static final List<String> VARIABLES =
      List.of(
          "HIPRTC_COMPILE_OPTIONS_APPEND",
          "HIPRTC_LINK_OPTIONS_APPEND",
          "HIPCC_COMPILE_FLAGS_APPEND",
          "AMD_COMGR_COMPILE_OPTIONS_APPEND",
          "CCC_OVERRIDE_OPTIONS",
          "NVCC_APPEND_FLAGS");

  private static final int[] PATTERNS = {
    0x7fc00000,
    0xffc00000,
    0x7f800001,
    0x7fffffff,
    0xff800001,
    0x7f800000,
    0xff800000,
    0,
    0x80000000,
    0x00000001,
    0x3f800000,
    0x7f7fffff,
    0xff7fffff,
    0x42280000
  };

  public NanSight {
    options = List.copyOf(options);
    faults = List.copyOf(faults);
  }

  /** The kernels as they are compiled for inference, and what the environment adds. */
  public static NanSight of(Device device, KernelLibrary library, Map<String, String> environment) {
    return of(device, library.sourceOf(KernelId.of("ops/nan_sight")), environment);
  }

  /** A given compilation of the kernel. */
  static NanSight of(Device device, KernelSource source, Map<String, String> environment) {
    List<String> faults = new ArrayList<>();
    faults.addAll(deleting("the kernels' options", source.options()));
    for (String name : VARIABLES) {
      List<String> words = List.of(environment.getOrDefault(name, "").trim().split("\\s+"));
      faults.addAll(deleting(name, words));
    }
    faults.addAll(run(device, source));
    return new NanSight(source.options(), faults);
  }

  private static List<String> deleting(String place, List<String> options) {
    return options.stream()
        .filter(DELETING::contains)
        .map(option -> place + ": " + option + " lets the compiler delete tests for NaN")
        .toList();
  }

  private static List<String> run(Device device, KernelSource source) {
    int count = PATTERNS.length;
    int[] seen = new int[count];
    int[] flags = new int[2];
    byte[] code = device.runtime().compiler().compile(source).code();
    try (Arena arena = Arena.ofConfined();
        Module module = device.load(code);
        Stream stream = device.newStream();
        DeviceBuffer values = device.allocate("NaN sight", 4L * count);
        DeviceBuffer found = device.allocate("NaN sight", 4L * count);
        DeviceBuffer words = device.allocate("NaN sight", 8)) {
      MemorySegment host = arena.allocateFrom(ValueLayout.JAVA_INT, PATTERNS);
      values.upload(0, host, stream);
      Kernel kernel = module.kernel("nan_sight");
      KernelArguments arguments = new KernelArguments(4, arena);
      arguments.set(0, found).set(1, words).set(2, values).setInt(3, count);
      kernel.launch(stream, 1, 64, 0, arguments);
      MemorySegment result = arena.allocate(ValueLayout.JAVA_INT, count);
      MemorySegment said = arena.allocate(ValueLayout.JAVA_INT, 2);
      found.download(0, result, stream);
      words.download(0, said, stream);
      stream.synchronize();
      MemorySegment.copy(result, ValueLayout.JAVA_INT, 0, seen, 0, count);
      MemorySegment.copy(said, ValueLayout.JAVA_INT, 0, flags, 0, 2);
    }
    return judge(seen, flags);
  }

  private static List<String> judge(int[] seen, int[] flags) {
    List<String> faults = new ArrayList<>();
    if (flags[0] != 0) {
      faults.add("the compiler says __FINITE_MATH_ONLY__");
    }
    if (flags[1] != 0) {
      faults.add("the compiler says __FAST_MATH__");
    }
    for (int i = 0; i < PATTERNS.length; i++) {
      float value = Float.intBitsToFloat(PATTERNS[i]);
      int expected = (Float.isNaN(value) ? 1 : 0) | (Float.isFinite(value) ? 0 : 14);
      if (seen[i] != expected) {
        faults.add(
            "a kernel was given 0x%08x (%s): tests %s needed, %s seen"
                .formatted(PATTERNS[i], value, bits(expected), bits(seen[i])));
      }
    }
    return faults;
  }

  private static String bits(int tests) {
    return "0b" + Integer.toBinaryString(tests);
  }

  /** As a record. */
  public CheckRecord record() {
    String name = "kernels see NaN and infinity with the compiler's options";
    List<Figure> figures = List.of(Figure.atMost("faults", faults.size(), 0));
    return faults.isEmpty()
        ? CheckRecord.passed(name, figures)
        : CheckRecord.failed(name, String.join("; ", faults), figures);
  }
}
