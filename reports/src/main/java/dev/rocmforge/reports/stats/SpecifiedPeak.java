package dev.rocmforge.reports.stats;

import dev.rocmforge.reports.record.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Memory bandwidth as a device's maker states it: a figure to hold measured ones against, never one
 * that was measured here.
 *
 * @param device name the maker uses
 * @param gigabytesPerSecond 1e9 bytes a second
 */
public record SpecifiedPeak(String device, double gigabytesPerSecond) {
  /** How far a stated figure may be rounded from what its bus and rate give. */
  private static final double ROUNDED = 0.01;

  private static final List<SpecifiedPeak> ALL = read();

  /** The peak of a device, where its name holds one that is known; the longest such name counts. */
  public static Optional<SpecifiedPeak> of(String deviceName) {
    return ALL.stream()
        .filter(peak -> deviceName.contains(peak.device()))
        .max(Comparator.comparingInt(peak -> peak.device().length()));
  }

  /** The peak of a run's device, if it used one. */
  public static Optional<SpecifiedPeak> of(Environment environment) {
    return environment.device().flatMap(device -> of(device.name()));
  }

  private static List<SpecifiedPeak> read() {
    try (InputStream in = SpecifiedPeak.class.getResourceAsStream("peaks.tsv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", -1))
          .map(SpecifiedPeak::row)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SpecifiedPeak row(String[] cells) {
    SpecifiedPeak peak = new SpecifiedPeak(cells[0], Double.parseDouble(cells[1]));
    String[] memory = cells[2].split(" x ", -1);
    double computed = Double.parseDouble(memory[0]) * Double.parseDouble(memory[1]) / 8;
    if (Math.abs(peak.gigabytesPerSecond() / computed - 1) > ROUNDED) {
      throw new AssertionError(
          "peaks.tsv: %s: %s GB/s stated, %s by its bus".formatted(cells[0], cells[1], computed));
    }
    return peak;
  }
}
