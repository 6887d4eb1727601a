package dev.rocmforge.validation.machine;

import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Fitness;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Judges whether times taken on this machine can be trusted: from what the system tells, and from a
 * fixed piece of work whose times show how much others take away. A fifth of a second.
 */
public final class FitnessCheck {
  /** Load an idle processor may have. */
  private static final double SOME_LOAD = 0.25;

  private static final double SCATTER_RESTLESS = 1.05;
  private static final double SCATTER_UNFIT = 1.5;
  private static final double BANDWIDTH_SPREAD = 0.15;
  private static final double HOT = 90;
  private static final double COARSE_TIMER_NANOS = 1000;
  private static final int CANARY_RUNS = 101;
  private static final int CANARY_STEPS = 400_000;

  private final List<String> restless = new ArrayList<>();
  private final List<String> unfit = new ArrayList<>();
  private final MachineFacts facts;

  private FitnessCheck(Path root) {
    facts = new MachineFacts(root);
  }

  /**
   * Looks now.
   *
   * @param bandwidth if it was measured
   * @param device the GPU that runs, if one does
   */
  public static Fitness of(
      Optional<Environment.Bandwidth> bandwidth, Optional<Environment.Device> device) {
    return new FitnessCheck(Path.of("/")).run(bandwidth, device, canary());
  }

  /** As {@link #of} on a machine that a folder stands for. */
  static Fitness of(
      Path root,
      Optional<Environment.Bandwidth> bandwidth,
      Optional<Environment.Device> device,
      double scatter) {
    return new FitnessCheck(root).run(bandwidth, device, scatter);
  }

  private Fitness run(
      Optional<Environment.Bandwidth> bandwidth,
      Optional<Environment.Device> device,
      double scatter) {
    load();
    timer();
    scatter(scatter);
    bandwidth.ifPresent(this::spread);
    device.ifPresent(this::card);
    clocks();
    List<String> remarks = new ArrayList<>(unfit);
    remarks.addAll(restless);
    Fitness.Word word =
        unfit.isEmpty()
            ? restless.isEmpty() ? Fitness.Word.FIT : Fitness.Word.RESTLESS
            : Fitness.Word.UNFIT;
    return new Fitness(word, remarks, new TreeMap<>(facts.facts()));
  }

  /** A stand-in's device has no files of AMD's driver; nor has a container without /sys. */
  private void card(Environment.Device device) {
    fact("hip runtime and driver", device.runtimeVersion() + ", " + device.driverVersion());
    if (facts.facts().keySet().stream().noneMatch(name -> name.endsWith(" shader clock"))) {
      String reason = MachineFacts.UNKNOWN + "no card of AMD's driver under /sys/class/drm";
      fact("gpu clocks", reason);
      fact("gpu temperature", reason);
    }
  }

  private void fact(String name, String value) {
    facts.facts().put(name, value);
  }

  private void load() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    int cores = Runtime.getRuntime().availableProcessors();
    if (load >= 0) {
      fact("load of a minute", String.format(Locale.ROOT, "%.2f on %d processors", load, cores));
      if (load > SOME_LOAD * cores + 1) {
        restless.add(String.format(Locale.ROOT, "load of %.2f on %d processors", load, cores));
      }
    }
  }

  private void timer() {
    long smallest = Long.MAX_VALUE;
    long start = System.nanoTime();
    long last = start;
    int calls = 0;
    while (calls < 20_000) {
      long now = System.nanoTime();
      calls++;
      if (now != last) {
        smallest = Math.min(smallest, now - last);
        last = now;
      }
    }
    double cost = (double) (last - start) / calls;
    fact("timer", String.format(Locale.ROOT, "steps of %d ns, %.0f ns a call", smallest, cost));
    if (smallest > COARSE_TIMER_NANOS || cost > COARSE_TIMER_NANOS) {
      unfit.add(
          String.format(Locale.ROOT, "timer of %d ns steps and %.0f ns a call", smallest, cost));
    }
  }

  private void scatter(double scatter) {
    String text = String.format(Locale.ROOT, "95th percentile %.2f times the median", scatter);
    fact("scatter of fixed work", text);
    if (scatter > SCATTER_UNFIT) {
      unfit.add("fixed work scatters: " + text);
    } else if (scatter > SCATTER_RESTLESS) {
      restless.add("fixed work scatters: " + text);
    }
  }

  /** Fixed integer work again and again: the 95th percentile of its times over the median. */
  private static double canary() {
    long[] nanos = new long[CANARY_RUNS];
    long sum = 1;
    for (int warm = 0; warm < 20; warm++) {
      sum += work(sum);
    }
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      sum += work(sum);
      nanos[i] = System.nanoTime() - start;
    }
    if (sum == 0) {
      throw new AssertionError("the work has a result");
    }
    Arrays.sort(nanos);
    return (double) nanos[nanos.length * 95 / 100] / nanos[nanos.length / 2];
  }

  private static long work(long seed) {
    long x = seed | 1;
    for (int i = 0; i < CANARY_STEPS; i++) {
      x ^= x << 13;
      x ^= x >>> 7;
      x ^= x << 17;
    }
    return x;
  }

  private void spread(Environment.Bandwidth bandwidth) {
    long[] nanos = bandwidth.passNanos().toArray();
    Arrays.sort(nanos);
    double spread = (double) nanos[nanos.length / 2] / nanos[0] - 1;
    String text =
        String.format(
            Locale.ROOT,
            "fastest %.1f GB/s, median pass %.0f %% slower",
            bandwidth.gigabytesPerSecond(),
            100 * spread);
    fact("memory bandwidth", text);
    if (spread > BANDWIDTH_SPREAD) {
      restless.add("memory bandwidth scatters: " + text);
    }
  }

  private void clocks() {
    facts
        .fact("cpu governor")
        .filter(word -> !word.equals("performance"))
        .ifPresent(word -> restless.add("cpu governor " + word + ": clocks follow the load"));
    facts
        .fact("cpu quota")
        .ifPresent(quota -> restless.add("cpu quota of " + quota + ": the process can be stopped"));
    for (String name : List.copyOf(facts.facts().keySet())) {
      String value = facts.facts().get(name);
      if (value.startsWith(MachineFacts.UNKNOWN)) {
        continue;
      }
      if (name.endsWith("temperature") && leading(value) >= HOT) {
        unfit.add(name + " of " + value + ": clocks fall");
      }
      if (name.endsWith(" busy") && leading(value) > 5) {
        restless.add(name + " with other work: " + value);
      }
      if (name.endsWith("power cap")
          && facts.fact(name + " by default").filter(d -> !d.equals(value)).isPresent()) {
        restless.add(name + " set to " + value);
      }
    }
  }

  private static double leading(String value) {
    return Double.parseDouble(value.substring(0, value.indexOf(' ')));
  }
}
