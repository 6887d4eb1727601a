package dev.rocmforge.bench.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rocmforge.engine.gpu.feature.Architecture;
import dev.rocmforge.engine.gpu.feature.DeviceFeatures;
import dev.rocmforge.engine.gpu.feature.DeviceSelection;
import dev.rocmforge.engine.gpu.feature.DocumentedDevice;
import dev.rocmforge.engine.gpu.feature.Feature;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceProperties;
import dev.rocmforge.engine.hip.HipRuntime;
import dev.rocmforge.engine.route.GpuEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What {@code devices} shows; the fields are those of its JSON.
 *
 * @param runtime which library speaks HIP's ABI
 * @param library its name or path
 * @param runtimeVersion what {@code hipRuntimeGetVersion} says
 * @param devices the visible ones, in the runtime's order
 * @param selected index of the device that a run takes
 * @param selection the rule that decided
 */
record DeviceReport(
    String runtime,
    String library,
    int runtimeVersion,
    List<Entry> devices,
    int selected,
    String selection) {
  private static final double GIB = 1L << 30;

  /**
   * One device.
   *
   * @param architectureName with feature suffixes, as the runtime tells it
   * @param architecture without them
   * @param architectureSource who told it
   * @param documentedArchitecture what the documented table gives for the name; null for none
   * @param family generation; null if the architecture is not supported
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Entry(
      int index,
      String name,
      String architectureName,
      String architecture,
      String architectureSource,
      String documentedArchitecture,
      boolean supported,
      String family,
      String pciAddress,
      long memoryBytes,
      long freeBytes,
      int multiprocessors,
      List<Fact> features) {}

  /** One feature and where the fact came from. */
  record Fact(String name, String value, String source, String detail) {
    static Fact of(Feature feature) {
      return new Fact(feature.name(), feature.value(), feature.source().word(), feature.detail());
    }
  }

  /** Overrides hold for the selected device alone: another may lack what they force. */
  static DeviceReport of(
      HipRuntime runtime, GpuEnvironment environment, DeviceSelection selection) {
    List<Entry> entries = new ArrayList<>();
    for (DeviceProperties device : runtime.devices()) {
      boolean taken = device.index() == selection.device().index();
      entries.add(
          entry(
              device,
              runtime.device(device.index()).memory(),
              taken ? environment : GpuEnvironment.DEFAULT));
    }
    return new DeviceReport(
        runtime.kind().label(),
        runtime.libraryPath(),
        runtime.version(),
        List.copyOf(entries),
        selection.device().index(),
        selection.reason());
  }

  private static Entry entry(
      DeviceProperties device, Device.Memory memory, GpuEnvironment environment) {
    DeviceFeatures features = DeviceFeatures.of(device, environment);
    return new Entry(
        device.index(),
        device.name(),
        device.architectureName(),
        features.architecture(),
        features.architectureSource().word(),
        features.documented().map(DocumentedDevice::architecture).orElse(null),
        features.supported(),
        features.row().map(Architecture::family).orElse(null),
        device.pciAddress(),
        memory.totalBytes(),
        memory.freeBytes(),
        device.multiprocessorCount(),
        features.features().stream().map(Fact::of).toList());
  }

  /** For people, one string a line. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Runtime: %s, %s, version %d".formatted(runtime, library, runtimeVersion));
    devices.forEach(device -> lines.addAll(lines(device)));
    lines.add("");
    lines.add("Selected: device " + selected + ": " + selection);
    return lines;
  }

  private static List<String> lines(Entry device) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("Device %d: %s".formatted(device.index(), device.name()));
    lines.add(
        row(
            "architecture",
            device.architecture()
                + (device.supported() ? " (" + device.family() + ")" : " (not supported)"),
            device.architectureSource()
                + (device.architectureSource().equals(Feature.Source.RUNTIME.word())
                    ? ": gcnArchName " + device.architectureName()
                    : ": the runtime tells none; a name is a guess")));
    if (device.documentedArchitecture() != null) {
      boolean agrees = device.documentedArchitecture().equals(device.architecture());
      lines.add(
          row(
              "documented as",
              device.documentedArchitecture(),
              agrees
                  ? "the documented table agrees"
                  : "the documented table goes by the name and is wrong here"));
    }
    lines.add(
        row(
            "memory",
            String.format(Locale.ROOT, "%.2f GiB", device.memoryBytes() / GIB),
            String.format(Locale.ROOT, "runtime: %.2f GiB free", device.freeBytes() / GIB)));
    lines.add(row("PCI address", device.pciAddress(), "runtime"));
    for (Fact fact : device.features()) {
      lines.add(row(fact.name(), fact.value(), fact.source() + ": " + fact.detail()));
    }
    return lines;
  }

  private static String row(String name, String value, String remark) {
    return "  %-14s %-20s %s".formatted(name, value, remark);
  }
}
