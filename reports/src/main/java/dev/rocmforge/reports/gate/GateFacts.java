package dev.rocmforge.reports.gate;

import dev.rocmforge.reports.record.Build;
import dev.rocmforge.reports.record.RunRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What was compared, in words: the hashes that tell the two sides apart. */
final class GateFacts {
  private static final int SHOWN_DIGITS = 12;

  private GateFacts() {}

  static List<String> of(List<RunRecord> baseline, List<RunRecord> candidate, boolean paired) {
    List<String> facts = new ArrayList<>();
    facts.add(side("baseline", baseline));
    facts.add(side("candidate", candidate));
    facts.add(
        "model "
            + distinct(candidate.stream().map(r -> cut(r.subject().model().sha256())).toList()));
    if (paired) {
      facts.add("runs of both took turns, A B A B; the ratio within each pair counts");
    }
    return facts;
  }

  private static String side(String name, List<RunRecord> runs) {
    List<Build> builds = runs.stream().map(run -> run.subject().build()).toList();
    String kernels =
        distinct(
            builds.stream()
                .flatMap(build -> build.kernelSha256().values().stream())
                .map(GateFacts::cut)
                .toList());
    return "%s: %d runs, jar %s, commit %s%s"
        .formatted(
            name,
            runs.size(),
            distinct(
                builds.stream()
                    .map(b -> b.jarSha256().map(GateFacts::cut).orElse("none"))
                    .toList()),
            distinct(
                builds.stream()
                    .map(b -> b.gitCommit().map(GateFacts::cut).orElse("none"))
                    .toList()),
            kernels.isEmpty() ? "" : ", kernels " + kernels);
  }

  private static String distinct(List<String> values) {
    TreeSet<String> all = new TreeSet<>(values);
    return all.size() <= 3
        ? all.stream().collect(Collectors.joining(" "))
        : all.size() + " different";
  }

  private static String cut(String hash) {
    return hash.length() <= SHOWN_DIGITS ? hash : hash.substring(0, SHOWN_DIGITS);
  }
}
