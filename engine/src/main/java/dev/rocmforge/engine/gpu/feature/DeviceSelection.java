package dev.rocmforge.engine.gpu.feature;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.hip.DeviceProperties;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * The device that is taken among the visible ones.
 *
 * @param device its properties
 * @param reason the rule that decided
 */
public record DeviceSelection(DeviceProperties device, String reason) {
  private static final double GIB = 1L << 30;

  /**
   * The asked device, or the supported one with the most memory, the first of equals.
   *
   * @param visible as the runtime numbers them, which already obeys {@code HIP_VISIBLE_DEVICES}
   * @param asked the index of {@code --gpu-index}
   * @throws InputException if the asked index is not visible
   * @throws EnvironmentException if none is supported, naming those there are
   */
  public static DeviceSelection of(List<DeviceProperties> visible, OptionalInt asked) {
    if (asked.isPresent()) {
      int index = asked.getAsInt();
      return visible.stream()
          .filter(device -> device.index() == index)
          .findFirst()
          .map(device -> new DeviceSelection(device, "--gpu-index " + index))
          .orElseThrow(
              () ->
                  new InputException(
                      "--gpu-index: an index below %d needed, %d given"
                          .formatted(visible.size(), index)));
    }
    List<DeviceProperties> supported = visible.stream().filter(DeviceSelection::supported).toList();
    DeviceProperties most =
        supported.stream()
            .max(
                Comparator.comparingLong(DeviceProperties::memoryBytes)
                    .thenComparing(DeviceProperties::index, Comparator.reverseOrder()))
            .orElseThrow(() -> noneSupported(visible));
    return new DeviceSelection(
        most,
        visible.size() == 1
            ? "the only device"
            : "the most memory of %d supported of %d devices"
                .formatted(supported.size(), visible.size()));
  }

  /** What was taken and why, on one line. */
  public String line() {
    return String.format(
        Locale.ROOT,
        "GPU: device %d, %s (%s, %.2f GiB): %s",
        device.index(),
        device.name(),
        device.architecture(),
        device.memoryBytes() / GIB,
        reason);
  }

  private static boolean supported(DeviceProperties device) {
    return Architecture.of(device.architecture()).isPresent();
  }

  private static EnvironmentException noneSupported(List<DeviceProperties> visible) {
    String found =
        visible.stream()
            .map(device -> device.index() + " " + device.architectureName())
            .collect(Collectors.joining(", "));
    return new EnvironmentException(
        "no supported GPU: %d visible: %s; supported: %s; --gpu-index tries one nevertheless"
            .formatted(
                visible.size(),
                found.isEmpty() ? "none" : found,
                Architecture.all().stream()
                    .map(Architecture::name)
                    .collect(Collectors.joining(", "))));
  }
}
