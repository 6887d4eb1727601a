package dev.rocmforge.validation.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.HardwareAbstractionLayer;

/**
 * The processor and its memory, as the operating system describes them.
 *
 * @param name as the processor names itself
 * @param physicalCores of the machine
 * @param logicalCores of the machine; the JVM may be allowed fewer
 * @param features instruction sets that matter here, sorted; empty where the system names none
 * @param lastLevelCacheBytes of one of the largest caches, where the system tells
 * @param memoryBytes physical memory
 */
public record Processor(
    String name,
    int physicalCores,
    int logicalCores,
    List<String> features,
    OptionalLong lastLevelCacheBytes,
    long memoryBytes) {
  private static final Set<String> KNOWN =
      Set.of(
          "sse4_2",
          "avx",
          "avx2",
          "fma",
          "f16c",
          "avx_vnni",
          "avx512f",
          "avx512bw",
          "avx512vl",
          "avx512_vnni",
          "avx512_bf16",
          "avx512_fp16",
          "amx_int8",
          "asimd",
          "asimddp",
          "i8mm",
          "bf16",
          "sve",
          "sve2");

  public Processor {
    features = List.copyOf(features);
  }

  /** Asks the operating system. */
  public static Processor probe() {
    HardwareAbstractionLayer hardware = new SystemInfo().getHardware();
    CentralProcessor processor = hardware.getProcessor();
    return new Processor(
        processor.getProcessorIdentifier().getName(),
        processor.getPhysicalProcessorCount(),
        processor.getLogicalProcessorCount(),
        features(processor.getFeatureFlags()),
        lastLevelCache(),
        hardware.getMemory().getTotal());
  }

  /** From sysfs, where virtual machines tell it too; the library has only 0 for those. */
  private static OptionalLong lastLevelCache() {
    Path caches = Path.of("/sys/devices/system/cpu/cpu0/cache");
    if (!Files.isDirectory(caches)) {
      return OptionalLong.empty();
    }
    try (Stream<Path> all = Files.list(caches)) {
      return all.map(cache -> cache.resolve("size"))
          .filter(Files::isReadable)
          .mapToLong(Processor::kibibytes)
          .max();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** A size as {@code 32768K}; 0 where it is something else. */
  private static long kibibytes(Path file) {
    try {
      String text = Files.readString(file).strip();
      return text.matches("\\d+K") ? Long.parseLong(text.substring(0, text.length() - 1)) << 10 : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private static List<String> features(List<String> lines) {
    Set<String> found = new TreeSet<>();
    for (String line : lines) {
      Arrays.stream(line.split("[\\s:]+")).filter(KNOWN::contains).forEach(found::add);
    }
    return List.copyOf(found);
  }
}
