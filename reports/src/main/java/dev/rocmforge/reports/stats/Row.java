package dev.rocmforge.reports.stats;

import dev.rocmforge.reports.record.Correctness;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One measurement of one run: what comparisons, histories and rankings are made of.
 *
 * @param run the run it is part of
 * @param measurement one of the run's
 */
public record Row(RunRecord run, Measurement measurement) {
  /** Every measurement of a run that has at least one repetition. */
  public static List<Row> of(RunRecord run) {
    return run.measurements().stream()
        .filter(m -> !m.samples().repetitions().isEmpty())
        .map(m -> new Row(run, m))
        .toList();
  }

  /** The workload's short name with its prompt's label, where there is one. */
  public String name() {
    String label = measurement.workload().settings().get("prompt");
    String name = measurement.workload().name();
    return label == null ? name : name + " (" + label + ")";
  }

  /** The device, or the processor where none was used. */
  public String hardware() {
    return hardware(run);
  }

  /** The device of a run, or its processor where none was used. */
  public static String hardware(RunRecord run) {
    Environment e = run.environment();
    return e.device()
        .map(device -> device.name() + " (" + device.architecture() + ")")
        .orElse(e.cpuModel());
  }

  /** Whether a passed check stands behind it. */
  public boolean checked() {
    return run.correctness() == Correctness.PASSED;
  }

  /** Whether the whole run ended as planned. */
  public boolean complete() {
    return run.status().completeness() == Status.Completeness.COMPLETE;
  }

  /** Median time of a repetition in nanoseconds. */
  public double medianNanos() {
    return Distribution.of(measurement.samples().totalNanos()).median();
  }

  /** Tokens a second for a time of one repetition. */
  public double rate(double nanos) {
    return measurement.tokensPerRepetition() * 1e9 / nanos;
  }

  /** The values of these facets in order: rows with equal ones compare. */
  public List<String> identity(Set<Facet> facets) {
    return facets.stream().map(facet -> facet.of(this)).toList();
  }

  /** The facets of these in which two rows differ. */
  public Set<Facet> differences(Row other, Set<Facet> facets) {
    EnumSet<Facet> differing = EnumSet.noneOf(Facet.class);
    for (Facet facet : facets) {
      if (!facet.of(this).equals(facet.of(other))) {
        differing.add(facet);
      }
    }
    return differing;
  }
}
