package dev.rocmforge.validation.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import oshi.SystemInfo;

/**
 * What the operating system tells of clocks, power, heat and drivers, by name and with units.
 * Clocks and temperatures that it does not tell are there too, with the reason: virtual machines
 * and containers tell little. Other facts are then left out.
 */
final class MachineFacts {
  /** How a fact that is not known begins. */
  static final String UNKNOWN = "unknown: ";

  private static final long KILO = 1000;

  private final Path root;
  private final SortedMap<String, String> facts = new TreeMap<>();

  /**
   * Looks now.
   *
   * @param root {@code /}, or a folder that stands for it
   */
  MachineFacts(Path root) {
    this.root = root;
    processor();
    heat();
    cards();
    drivers();
  }

  SortedMap<String, String> facts() {
    return facts;
  }

  Optional<String> fact(String name) {
    return Optional.ofNullable(facts.get(name));
  }

  private void processor() {
    Path cpus = root.resolve("sys/devices/system/cpu");
    List<Path> scaled =
        list(cpus).stream().map(cpu -> cpu.resolve("cpufreq")).filter(Files::isDirectory).toList();
    distinct(scaled, "scaling_governor").ifPresent(word -> facts.put("cpu governor", word));
    facts.put(
        "cpu clocks",
        range(scaled, "scaling_cur_freq")
            .orElse(UNKNOWN + "no cpufreq/scaling_cur_freq under /sys/devices/system/cpu"));
    range(scaled, "cpuinfo_max_freq").ifPresent(mhz -> facts.put("cpu highest clock", mhz));
    text(cpus.resolve("cpufreq/boost")).ifPresent(on -> facts.put("cpu boost", onOff(on)));
    text(cpus.resolve("intel_pstate/no_turbo"))
        .ifPresent(off -> facts.put("cpu turbo", off.equals("0") ? "on" : "off"));
    text(root.resolve("sys/devices/system/clocksource/clocksource0/current_clocksource"))
        .ifPresent(word -> facts.put("clock source", word));
    text(root.resolve("sys/fs/cgroup/cpu.max"))
        .filter(quota -> !quota.startsWith("max"))
        .ifPresent(quota -> facts.put("cpu quota", quota + " us"));
    if (lines(root.resolve("proc/cpuinfo")).stream()
        .anyMatch(line -> line.startsWith("flags") && line.contains(" hypervisor"))) {
      facts.put("virtual machine", "yes");
    }
  }

  private static String onOff(String number) {
    return number.equals("0") ? "off" : "on";
  }

  /** The hottest of the zones that the system has; the library asks them all. */
  private void heat() {
    OptionalDouble hottest =
        list(root.resolve("sys/class/thermal")).stream()
            .flatMap(zone -> number(zone.resolve("temp")).stream().boxed())
            .mapToDouble(milli -> milli / KILO)
            .max();
    double degrees =
        hottest.orElseGet(() -> new SystemInfo().getHardware().getSensors().getCpuTemperature());
    facts.put(
        "temperature",
        degrees > 0
            ? String.format(Locale.ROOT, "%.0f C", degrees)
            : UNKNOWN + "no thermal zone and no processor sensor");
  }

  /** AMD's driver shows clocks, power and heat of a card as files. */
  private void cards() {
    for (Path card : list(root.resolve("sys/class/drm"))) {
      String name = card.getFileName().toString();
      Path device = card.resolve("device");
      if (!name.matches("card\\d+")
          || !text(device.resolve("vendor")).orElse("").equals("0x1002")) {
        continue;
      }
      text(device.resolve("power_dpm_force_performance_level"))
          .ifPresent(level -> facts.put(name + " performance level", level));
      facts.put(name + " temperature", UNKNOWN + "no hwmon sensor");
      clock(device.resolve("pp_dpm_sclk"), name + " shader clock");
      clock(device.resolve("pp_dpm_mclk"), name + " memory clock");
      text(device.resolve("gpu_busy_percent"))
          .ifPresent(busy -> facts.put(name + " busy", busy + " %"));
      for (Path sensors : list(device.resolve("hwmon"))) {
        milli(sensors.resolve("temp1_input"), 1, "C", name + " temperature");
        milli(sensors.resolve("power1_cap"), KILO, "W", name + " power cap");
        milli(sensors.resolve("power1_cap_default"), KILO, "W", name + " power cap by default");
        milli(sensors.resolve("power1_average"), KILO, "W", name + " power");
      }
    }
  }

  private void drivers() {
    text(root.resolve("sys/module/amdgpu/version"))
        .ifPresent(version -> facts.put("driver amdgpu", version));
    lines(root.resolve("proc/driver/nvidia/version")).stream()
        .findFirst()
        .ifPresent(line -> facts.put("driver nvidia", line.strip()));
  }

  private void milli(Path file, long further, String unit, String name) {
    number(file)
        .ifPresent(
            value ->
                facts.put(
                    name, String.format(Locale.ROOT, "%.0f %s", value / KILO / further, unit)));
  }

  /** The line with a star: {@code 1: 1780Mhz *}. */
  private void clock(Path file, String name) {
    facts.put(
        name,
        lines(file).stream()
            .filter(line -> line.endsWith("*"))
            .map(line -> line.replaceAll("^\\d+:\\s*|\\s*\\*$", ""))
            .findFirst()
            .orElse(UNKNOWN + "no level marked in " + file.getFileName()));
  }

  private static Optional<String> distinct(List<Path> folders, String file) {
    List<String> words =
        folders.stream().flatMap(f -> text(f.resolve(file)).stream()).distinct().sorted().toList();
    return words.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", words));
  }

  /** Lowest and highest of values in kHz, as MHz. */
  private static Optional<String> range(List<Path> folders, String file) {
    double[] sorted =
        folders.stream()
            .flatMap(f -> number(f.resolve(file)).stream().boxed())
            .mapToDouble(khz -> khz / KILO)
            .sorted()
            .toArray();
    return sorted.length == 0
        ? Optional.empty()
        : Optional.of(
            String.format(Locale.ROOT, "%.0f to %.0f MHz", sorted[0], sorted[sorted.length - 1]));
  }

  private static OptionalDouble number(Path file) {
    Optional<String> text = text(file).filter(t -> t.matches("-?\\d+"));
    return text.isPresent()
        ? OptionalDouble.of(Double.parseDouble(text.get()))
        : OptionalDouble.empty();
  }

  private static Optional<String> text(Path file) {
    return lines(file).stream().findFirst().map(String::strip).filter(t -> !t.isEmpty());
  }

  /** A file of the kernel may refuse to be read; that is as if it were not there. */
  private static List<String> lines(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return new ArrayList<>(all.sorted().toList());
    } catch (IOException e) {
      return List.of();
    }
  }
}
