package dev.rocmforge.validation.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Fitness;
import dev.rocmforge.reports.record.Nanos;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines made of files, each with one thing that spoils measurements. */
class FitnessCheckTest {
  @TempDir private Path root;

  private void put(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text + "\n");
  }

  private Fitness look(double scatter, long... passes) {
    return FitnessCheck.of(
        root,
        Optional.of(new Environment.Bandwidth("read", 1_000_000, Nanos.of(passes))),
        Optional.of(new Environment.Device("card", "gfx1100", 1, "70000", "60000")),
        scatter);
  }

  private static void remarks(Fitness fitness, String part) {
    assertTrue(
        fitness.remarks().stream().anyMatch(remark -> remark.contains(part)),
        () -> part + ": " + fitness);
  }

  @Test
  void aQuietCardIsDescribed() throws IOException {
    put("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance");
    put("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "3400000");
    card("65000", "0");
    put("sys/module/amdgpu/version", "6.14.4");
    Fitness fitness = look(1.01, 100, 101, 102);
    assertEquals("performance", fitness.facts().get("cpu governor"));
    assertEquals("3400 to 3400 MHz", fitness.facts().get("cpu clocks"));
    assertEquals("1780Mhz", fitness.facts().get("card0 shader clock"));
    assertEquals("327 W", fitness.facts().get("card0 power cap"));
    assertEquals("65 C", fitness.facts().get("card0 temperature"));
    assertEquals("6.14.4", fitness.facts().get("driver amdgpu"));
    assertEquals("70000, 60000", fitness.facts().get("hip runtime and driver"));
    // The load of the machine that runs the tests is its own.
    assertTrue(fitness.remarks().stream().allMatch(r -> r.contains("load of")), fitness.toString());
  }

  private void card(String heat, String busy) throws IOException {
    put("sys/class/drm/card0/device/vendor", "0x1002");
    put("sys/class/drm/card0/device/pp_dpm_sclk", "0: 500Mhz\n1: 1780Mhz *");
    put("sys/class/drm/card0/device/gpu_busy_percent", busy);
    put("sys/class/drm/card0/device/hwmon/hwmon3/temp1_input", heat);
    put("sys/class/drm/card0/device/hwmon/hwmon3/power1_cap", "327000000");
    put("sys/class/drm/card0/device/hwmon/hwmon3/power1_cap_default", "327000000");
  }

  @Test
  void eachSpoilerIsNamed() throws IOException {
    put("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave");
    put("sys/fs/cgroup/cpu.max", "200000 100000");
    card("93000", "40");
    put("sys/class/drm/card0/device/hwmon/hwmon3/power1_cap", "200000000");
    Fitness fitness = look(1.2, 100, 140, 150);
    assertEquals(Fitness.Word.UNFIT, fitness.verdict());
    remarks(fitness, "cpu governor powersave");
    remarks(fitness, "cpu quota of 200000 100000");
    remarks(fitness, "card0 temperature of 93 C");
    remarks(fitness, "card0 busy with other work: 40 %");
    remarks(fitness, "card0 power cap set to 200 W");
    remarks(fitness, "memory bandwidth scatters");
    remarks(fitness, "fixed work scatters: 95th percentile 1.20");
  }

  @Test
  void whatIsNotToldHasAReason() throws IOException {
    Fitness bare = look(1.01, 100, 101, 102);
    for (String name : List.of("cpu clocks", "gpu clocks", "gpu temperature")) {
      assertTrue(bare.facts().get(name).startsWith("unknown: no "), () -> name + bare);
    }
    put("sys/class/drm/card1/device/vendor", "0x1002");
    Fitness mute = look(1.01, 100, 101, 102);
    assertEquals("unknown: no hwmon sensor", mute.facts().get("card1 temperature"));
    assertEquals("unknown: no level marked in pp_dpm_sclk", mute.facts().get("card1 shader clock"));
    assertFalse(mute.facts().containsKey("gpu clocks"));
  }

  @Test
  void scatterDecidesTheWord() {
    assertEquals(Fitness.Word.RESTLESS, look(1.2, 100, 101, 102).verdict());
    assertEquals(Fitness.Word.UNFIT, look(1.9, 100, 101, 102).verdict());
  }
}
