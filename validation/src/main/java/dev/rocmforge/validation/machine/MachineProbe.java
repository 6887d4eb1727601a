package dev.rocmforge.validation.machine;

import dev.rocmforge.reports.record.Environment;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/** This machine, JVM and process as a record describes them. Tells no folder of its user. */
public final class MachineProbe {
  private static final List<String> VARIABLES =
      List.of("ROCMFORGE_", "HIP_", "ROCR_", "HSA_", "GPU_", "AMD_");

  private MachineProbe() {}

  /**
   * Looks now.
   *
   * @param processor as probed
   * @param bandwidth if it was measured
   * @param device the GPU that runs, if one does
   */
  public static Environment environment(
      Processor processor,
      Optional<Environment.Bandwidth> bandwidth,
      Optional<Environment.Device> device) {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return new Environment(
        Instant.now().truncatedTo(ChronoUnit.MILLIS),
        host(),
        property("os.name") + " " + property("os.version") + " " + property("os.arch"),
        processor.name().isBlank() ? "unknown" : processor.name(),
        Runtime.getRuntime().availableProcessors(),
        processor.memoryBytes(),
        property("java.vm.vendor") + " " + property("java.runtime.version"),
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> !flag.contains("/"))
            .toList(),
        load < 0 ? OptionalDouble.empty() : OptionalDouble.of(load),
        bandwidth,
        device,
        variables(System.getenv()),
        Optional.of(FitnessCheck.of(bandwidth, device)));
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  /** Variables that can change a figure; those that hold a path do not. */
  static SortedMap<String, String> variables(Map<String, String> environment) {
    SortedMap<String, String> kept = new TreeMap<>();
    environment.forEach(
        (name, value) -> {
          if (VARIABLES.stream().anyMatch(name::startsWith) && !value.contains("/")) {
            kept.put(name, value);
          }
        });
    return kept;
  }
}
