package dev.rocmforge.engine.gpu.feature;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.gpu.feature.Architecture.Dot4;
import dev.rocmforge.engine.gpu.feature.Architecture.Matrix;
import dev.rocmforge.engine.gpu.feature.Feature.Source;
import dev.rocmforge.engine.hip.DeviceProperties;
import dev.rocmforge.engine.route.GpuEnvironment;
import dev.rocmforge.engine.route.Toggle;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a device can do, after the overrides.
 *
 * @param architecture without feature suffixes
 * @param architectureSource the runtime, or the device's name where the runtime is silent
 * @param row the table's row; empty for an architecture that is not supported
 * @param documented the documented table's row for the device's name
 * @param dp4a dot product of four signed bytes
 * @param wmma matrix instruction; needs waves of 32
 * @param dot2 dot product of two halves
 * @param wave lanes of a wave that kernels are compiled for
 */
public record DeviceFeatures(
    String architecture,
    Source architectureSource,
    Optional<Architecture> row,
    Optional<DocumentedDevice> documented,
    Feature dp4a,
    Feature wmma,
    Feature dot2,
    Feature wave) {
  private static final int WAVE_32 = 32;
  private static final int WAVE_64 = 64;

  /**
   * The features of a device.
   *
   * @throws EnvironmentException if an override forces what the hardware lacks
   */
  public static DeviceFeatures of(DeviceProperties device, GpuEnvironment environment) {
    Optional<DocumentedDevice> documented = DocumentedDevice.of(device.name());
    boolean told = device.architecture().matches("(gfx|sm_)[0-9a-f]+");
    String architecture =
        told
            ? device.architecture()
            : documented.map(DocumentedDevice::architecture).orElse("unknown");
    Optional<Architecture> row = Architecture.of(architecture);
    Source source = told ? Source.TABLE : Source.DEVICE_NAME;
    String place = "device " + device.index() + " (" + architecture + ")";
    Dot4 dot4 = row.map(Architecture::dot4).orElse(Dot4.NONE);
    Matrix matrix = row.map(Architecture::matrix).orElse(Matrix.NONE);
    Feature wave = wave(place, row, device.waveSize(), environment.wave32());
    return new DeviceFeatures(
        architecture,
        told ? Source.RUNTIME : Source.DEVICE_NAME,
        row,
        documented,
        decided(
            place,
            Feature.of("dp4a", dot4 != Dot4.NONE, source, detail(row, word(dot4))),
            GpuEnvironment.USE_DP4A,
            environment.dp4a()),
        decided(
            place, matrix(source, row, matrix, wave), GpuEnvironment.USE_WMMA, environment.wmma()),
        decided(
            place,
            Feature.of(
                "dot2",
                row.map(Architecture::dot2).orElse(false),
                source,
                detail(row, row.map(Architecture::dot2).orElse(false) ? "fdot2" : "none")),
            GpuEnvironment.USE_DOT2,
            environment.dot2()),
        wave);
  }

  /** Whether the architecture is in the table. */
  public boolean supported() {
    return row.isPresent();
  }

  /** Lanes of a wave. */
  public int waveSize() {
    return Integer.parseInt(wave.value());
  }

  /** All facts, in the order of reports. */
  public List<Feature> features() {
    return List.of(dp4a, wmma, dot2, wave);
  }

  private static Feature matrix(
      Source source, Optional<Architecture> row, Matrix matrix, Feature wave) {
    boolean narrow = wave.value().equals("32");
    return Feature.of(
        "wmma",
        matrix != Matrix.NONE && narrow,
        source,
        detail(row, matrix == Matrix.NONE || narrow ? word(matrix) : "needs waves of 32"));
  }

  private static String word(Enum<?> instruction) {
    return instruction.name().toLowerCase(Locale.ROOT);
  }

  private static String detail(Optional<Architecture> row, String instruction) {
    return row.isPresent() ? instruction : "architecture not in the table";
  }

  private static Feature decided(String place, Feature found, String variable, Toggle override) {
    if (override.forced() && !found.available()) {
      throw new EnvironmentException(
          "%s=1: %s needed, but %s has none (%s)"
              .formatted(variable, found.name(), place, found.detail()));
    }
    return override.state() == Toggle.State.UNSET
        ? found
        : Feature.of(found.name(), override.forced(), Source.OVERRIDE, override.because());
  }

  private static Feature wave(
      String place, Optional<Architecture> row, int reported, Toggle wave32) {
    if (wave32.state() == Toggle.State.UNSET) {
      return new Feature("wave", Integer.toString(reported), Source.RUNTIME, "warpSize");
    }
    int lanes = wave32.forced() ? WAVE_32 : WAVE_64;
    List<Integer> possible = row.map(Architecture::waves).orElse(List.of(reported));
    if (!possible.contains(lanes)) {
      throw new EnvironmentException(
          "%s: waves of %d needed, but %s has waves of %s"
              .formatted(wave32.because(), lanes, place, possible));
    }
    return new Feature("wave", Integer.toString(lanes), Source.OVERRIDE, wave32.because());
  }
}
