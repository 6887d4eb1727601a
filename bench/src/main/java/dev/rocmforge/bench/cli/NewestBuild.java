package dev.rocmforge.bench.cli;

import dev.rocmforge.reports.record.Build;
import dev.rocmforge.reports.record.RunRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The newest build of a history.
 *
 * @param runs of that build, oldest first
 * @param before runs of all others, oldest first
 */
record NewestBuild(List<RunRecord> runs, List<RunRecord> before) {
  static NewestBuild of(List<RunRecord> records) {
    List<RunRecord> sorted =
        records.stream()
            .sorted(Comparator.comparing(record -> record.environment().timestamp()))
            .toList();
    List<RunRecord> runs = new ArrayList<>();
    List<RunRecord> before = new ArrayList<>();
    for (RunRecord record : sorted) {
      boolean newest = same(record.subject().build(), sorted.getLast().subject().build());
      (newest ? runs : before).add(record);
    }
    return new NewestBuild(runs, before);
  }

  private static boolean same(Build one, Build other) {
    return one.jarSha256().equals(other.jarSha256())
        && one.gitCommit().equals(other.gitCommit())
        && one.kernelSha256().equals(other.kernelSha256());
  }
}
