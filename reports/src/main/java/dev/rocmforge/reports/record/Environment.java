package dev.rocmforge.reports.record;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The machine at the time of the run.
 *
 * @param timestamp when the run began
 * @param host name of the machine
 * @param os name, version and processor architecture
 * @param cpuModel as the processor names itself
 * @param cores logical processors the JVM may use
 * @param memoryBytes physical memory
 * @param jvm vendor and version
 * @param jvmFlags given to the JVM, in order
 * @param loadAverage of the last minute before the run, where the system tells
 * @param memoryBandwidth as measured on this machine, where it was
 * @param device the GPU, for the backend gpu
 * @param variables set variables of the harness ({@code ROCMFORGE_…}) and of HIP
 * @param fitness whether the machine was fit to measure on; absent in records older than the check
 */
public record Environment(
    Instant timestamp,
    String host,
    String os,
    String cpuModel,
    int cores,
    long memoryBytes,
    String jvm,
    List<String> jvmFlags,
    OptionalDouble loadAverage,
    Optional<Bandwidth> memoryBandwidth,
    Optional<Device> device,
    SortedMap<String, String> variables,
    @JacksonInject(value = Environment.NO_FITNESS, useInput = OptBoolean.TRUE)
        @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<Fitness> fitness) {
  /** What a record that lacks the field is read with. */
  static final String NO_FITNESS = "environment.fitness";

  public Environment {
    Require.present(timestamp, "environment.timestamp");
    Require.text(host, "environment.host");
    Require.text(os, "environment.os");
    Require.text(cpuModel, "environment.cpuModel");
    Require.atLeast(1, cores, "environment.cores");
    Require.atLeast(1, memoryBytes, "environment.memoryBytes");
    Require.text(jvm, "environment.jvm");
    jvmFlags = List.copyOf(Require.present(jvmFlags, "environment.jvmFlags"));
    Require.present(loadAverage, "environment.loadAverage");
    Require.present(memoryBandwidth, "environment.memoryBandwidth");
    Require.present(device, "environment.device");
    variables = Sorted.copyOf(variables, "environment.variables");
    Require.present(fitness, "environment.fitness");
  }

  /** A machine whose fitness nobody looked at. */
  public Environment(
      Instant timestamp,
      String host,
      String os,
      String cpuModel,
      int cores,
      long memoryBytes,
      String jvm,
      List<String> jvmFlags,
      OptionalDouble loadAverage,
      Optional<Bandwidth> memoryBandwidth,
      Optional<Device> device,
      SortedMap<String, String> variables) {
    this(
        timestamp,
        host,
        os,
        cpuModel,
        cores,
        memoryBytes,
        jvm,
        jvmFlags,
        loadAverage,
        memoryBandwidth,
        device,
        variables,
        Optional.empty());
  }

  /**
   * Memory bandwidth of the memory the weights lie in, as measured.
   *
   * @param method such as {@code read 256 MiB with 2 threads, 5 passes}
   * @param bytesPerPass read and written by each pass
   * @param passNanos time of each pass
   */
  public record Bandwidth(String method, long bytesPerPass, Nanos passNanos) {
    public Bandwidth {
      Require.text(method, "memoryBandwidth.method");
      Require.atLeast(1, bytesPerPass, "memoryBandwidth.bytesPerPass");
      Require.atLeast(1, Require.present(passNanos, "passNanos").size(), "passNanos.size");
      for (long nanos : passNanos.toArray()) {
        Require.atLeast(1, nanos, "memoryBandwidth.passNanos");
      }
    }

    /** The fastest pass in GB/s (1e9 bytes a second): what the memory can do, not its average. */
    public double gigabytesPerSecond() {
      long fastest = Long.MAX_VALUE;
      for (long nanos : passNanos.toArray()) {
        fastest = Math.min(fastest, nanos);
      }
      return (double) bytesPerPass / fastest;
    }
  }

  /** With what the engine chose on the device, where there is one. */
  public Environment withDispatch(SortedMap<String, String> chosen) {
    return with(device.map(known -> known.withDispatch(chosen)), variables);
  }

  /** The same, where an option did what the variable does. */
  public Environment withVariable(String name, String value) {
    SortedMap<String, String> more = new TreeMap<>(variables);
    more.put(name, value);
    return with(device, more);
  }

  private Environment with(Optional<Device> other, SortedMap<String, String> others) {
    return new Environment(
        timestamp,
        host,
        os,
        cpuModel,
        cores,
        memoryBytes,
        jvm,
        jvmFlags,
        loadAverage,
        memoryBandwidth,
        other,
        others,
        fitness);
  }

  /**
   * A GPU.
   *
   * @param name as it markets itself
   * @param architecture such as {@code gfx1100}
   * @param memoryBytes of the device
   * @param runtimeVersion of HIP or what stands in for it
   * @param driverVersion as reported
   * @param dispatch what the engine chose on it and why, by name, such as {@code matrix prefill};
   *     empty in records from before it was kept
   */
  public record Device(
      String name,
      String architecture,
      long memoryBytes,
      String runtimeVersion,
      String driverVersion,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) SortedMap<String, String> dispatch) {
    public Device {
      Require.text(name, "device.name");
      Require.text(architecture, "device.architecture");
      Require.atLeast(0, memoryBytes, "device.memoryBytes");
      Require.text(runtimeVersion, "device.runtimeVersion");
      Require.text(driverVersion, "device.driverVersion");
      dispatch = Sorted.copyOf(dispatch, "device.dispatch");
    }

    /** A device of which only itself is known. */
    public Device(
        String name,
        String architecture,
        long memoryBytes,
        String runtimeVersion,
        String driverVersion) {
      this(name, architecture, memoryBytes, runtimeVersion, driverVersion, new TreeMap<>());
    }

    /** With what the engine chose on it. */
    public Device withDispatch(SortedMap<String, String> chosen) {
      return new Device(name, architecture, memoryBytes, runtimeVersion, driverVersion, chosen);
    }
  }
}
