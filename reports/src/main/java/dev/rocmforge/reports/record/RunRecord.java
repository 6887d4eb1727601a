package dev.rocmforge.reports.record;

import java.util.List;

/**
 * Everything one run of the harness learnt: what was measured, where, the raw samples, and whether
 * the same run's output was right.
 *
 * <p>Immutable. Statistics are recomputed from the samples and are no part of it. A run of several
 * workloads (pp512, tg128, other depths) is one record with one {@link Measurement} each.
 *
 * @param schemaVersion version of this shape; other versions are refused when read
 * @param status whether the run ended as planned
 * @param subject model, backend and build that were measured
 * @param environment machine, JVM and load
 * @param measurements one per workload, in the order measured
 * @param checks correctness checks of this very run; empty means unchecked
 */
public record RunRecord(
    int schemaVersion,
    Status status,
    Subject subject,
    Environment environment,
    List<Measurement> measurements,
    List<CheckRecord> checks)
    implements HistoryEntry {
  /** The version written by this build and the only one it reads. */
  public static final int SCHEMA_VERSION = 1;

  public RunRecord {
    Require.that(
        schemaVersion == SCHEMA_VERSION,
        "schemaVersion",
        "version " + SCHEMA_VERSION,
        schemaVersion);
    Require.present(status, "status");
    Require.present(subject, "subject");
    Require.present(environment, "environment");
    measurements = List.copyOf(Require.present(measurements, "measurements"));
    checks = List.copyOf(Require.present(checks, "checks"));
  }

  /** A record of the current schema version. */
  public static RunRecord of(
      Status status,
      Subject subject,
      Environment environment,
      List<Measurement> measurements,
      List<CheckRecord> checks) {
    return new RunRecord(SCHEMA_VERSION, status, subject, environment, measurements, checks);
  }

  /** What the checks of this run say together. */
  public Correctness correctness() {
    return Correctness.of(checks);
  }
}
