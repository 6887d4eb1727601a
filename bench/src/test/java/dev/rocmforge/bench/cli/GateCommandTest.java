package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.bench.run.BenchProcess;
import dev.rocmforge.reports.gate.Gate;
import dev.rocmforge.reports.gate.GateOutcome;
import dev.rocmforge.reports.gate.GateResult;
import dev.rocmforge.reports.gate.GateSettings;
import dev.rocmforge.reports.record.Build;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Subject;
import dev.rocmforge.reports.store.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gate's exit codes on records whose times are made up around those of one real run. */
class GateCommandTest {
  private static final double NOISE = 0.01;
  private static final int PAIRS = 40;

  @TempDir private static Path shared;

  private static RunRecord real;

  @TempDir private Path folder;

  private static RunRecord real() {
    if (real == null) {
      String out = shared.resolve("real").toString();
      Said.by(
              "bench",
              "-m",
              "lexicon-draft-q8_0",
              "-p",
              "16",
              "-n",
              "2",
              "-r",
              "1",
              "--warmup",
              "0",
              "--out",
              out)
          .done();
      real = History.in(Path.of(out)).read().records().getFirst();
    }
    return real;
  }

  /** Runs of a build in a folder; the times of the first row are multiplied by the factor. */
  private Path runs(String name, char jar, int count, double factor, List<CheckRecord> checks) {
    Random random = new Random(jar + count);
    List<RunRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Measurement> measurements = new ArrayList<>();
      for (Measurement m : real().measurements()) {
        double noise = 1 + NOISE * random.nextGaussian();
        double change = measurements.isEmpty() ? factor : 1;
        long nanos = Math.round(1e8 * noise * change);
        Samples.Repetition repetition = Samples.Repetition.prefill(nanos);
        measurements.add(
            new Measurement(
                m.workload(), new Samples(List.of(repetition), Nanos.of()), m.traffic()));
      }
      records.add(record(jar, jar * 1000L + i, measurements, checks));
    }
    Path place = folder.resolve(name);
    History.in(place).appendAll(records);
    return place;
  }

  private static RunRecord record(
      char jar, long hours, List<Measurement> measurements, List<CheckRecord> checks) {
    Subject s = real().subject();
    Environment e = real().environment();
    Build build =
        new Build(
            "0.1.0",
            Optional.empty(),
            Optional.of(Character.toString(jar).repeat(64)),
            new TreeMap<>());
    return RunRecord.of(
        real().status(),
        new Subject(s.model(), s.backend(), s.deviceRuntime(), build),
        new Environment(
            e.timestamp().plusSeconds(3600 * hours),
            e.host(),
            e.os(),
            e.cpuModel(),
            e.cores(),
            e.memoryBytes(),
            e.jvm(),
            e.jvmFlags(),
            e.loadAverage(),
            e.memoryBandwidth(),
            e.device(),
            e.variables()),
        measurements,
        checks);
  }

  private Path runs(String name, char jar, int count, double factor) {
    return runs(name, jar, count, factor, real().checks());
  }

  private Said gate(Path candidate, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "gate",
                "--candidate",
                candidate.toString(),
                "--baseline",
                folder.resolve("base").toString(),
                "--out",
                folder.resolve("gate").toString()));
    words.addAll(List.of(more));
    return Said.by(words.toArray(String[]::new));
  }

  private static void ends(ExitCode code, Said said) {
    assertEquals(code.code(), said.code(), said::toString);
  }

  @Test
  void theExitCodeIsTheVerdict() throws IOException {
    Path base = runs("from", 'a', 30, 1);
    Said.by("baseline", "save", "--from", base.toString(), "--baseline", at("base"))
        .done()
        .prints("30 runs added", "pp16", "tg2", "detectable");
    Said same = gate(runs("same", 'b', 10, 1));
    same.done().prints("gate: passed", "| same |");
    assertEquals(same.out(), Files.readString(folder.resolve("gate/gate.md")));
    Said slower = gate(runs("slower", 'c', 10, 1.05), "--github");
    slower.prints("gate: regression", "| pp16 | slower |", "::error title=pp16 slower::");
    ends(ExitCode.FAILED, slower);
    assertTrue(Files.readString(folder.resolve("gate/gate.xml")).contains("<failure message="));
    ends(ExitCode.ENVIRONMENT, gate(runs("same-code", 'a', 10, 1.2)).prints("| environment |"));
    ends(ExitCode.INCONCLUSIVE, gate(runs("few", 'd', 2, 1)).prints("| inconclusive |"));
    Path unchecked = runs("unchecked", 'e', 10, 1, List.of());
    ends(ExitCode.FAILED, gate(unchecked).prints("| unchecked |"));
    Said.by("baseline", "save", "--from", unchecked.toString(), "--baseline", at("base"))
        .refused(ExitCode.FAILED, "UNCHECKED");
  }

  @Test
  void anAcceptedChangeIsTheNewBaseline() {
    Said.by(
            "baseline",
            "save",
            "--from",
            runs("from", 'a', 30, 1).toString(),
            "--baseline",
            at("base"))
        .done();
    Path slower = runs("slower", 'c', 10, 1.2);
    ends(ExitCode.FAILED, gate(slower));
    Said.by("baseline", "save", "--from", slower.toString(), "--baseline", at("base"))
        .refused(ExitCode.FAILED, "baseline accept");
    Said.by("baseline", "accept", "--from", slower.toString(), "--baseline", at("base"))
        .refused(ExitCode.USAGE, "--reason");
    Said.by(
            "baseline",
            "accept",
            "--from",
            slower.toString(),
            "--baseline",
            at("base"),
            "--reason",
            "a safer kernel")
        .done()
        .prints("pp16: from ", "a safer kernel");
    gate(runs("next", 'd', 10, 1.2)).done().prints("30 earlier runs left out");
    Said.by("baseline", "list", "--baseline", at("base")).done().prints("pp16");
  }

  @Test
  void withoutABaselineItSaysWhatRecordsOne() {
    gate(runs("some", 'a', 2, 1))
        .refused(ExitCode.ENVIRONMENT, "no baseline", "./rocmforge baseline save --runs 20");
    Said.by(
            "baseline",
            "save",
            "--from",
            runs("from", 'a', 30, 1).toString(),
            "--baseline",
            at("base"))
        .done();
    Said.by(
            "bench",
            "-m",
            "lexicon-draft-q8_0",
            "-p",
            "8",
            "-n",
            "0",
            "-r",
            "1",
            "--warmup",
            "0",
            "--no-check",
            "--out",
            at("other"))
        .done();
    gate(folder.resolve("other"))
        .says("no row compares with the baseline", "baseline save --runs 20")
        .prints("output UNCHECKED", "the candidate lacks this row");
    Said.by("gate").refused(ExitCode.USAGE, "--candidate");
    Said.by("gate", "--candidate", at("x"), "--confirm", "1").refused(ExitCode.USAGE, "--runs");
    gate(folder.resolve("nowhere")).refused(ExitCode.FAILED, "no record");
  }

  /** Each run is saved as it is taken, so one that cannot be saved is found before the next. */
  @Test
  void theFirstUncheckedRunEndsTheRecordingOfABaseline() {
    Said saved =
        Said.by(
            "baseline",
            "save",
            "--runs",
            "30",
            "--baseline",
            at("base"),
            "--",
            "-m",
            "lexicon-draft-q8_0",
            "-p",
            "8",
            "-n",
            "0",
            "-r",
            "1",
            "--warmup",
            "0",
            "--no-check");
    saved.refused(ExitCode.FAILED, "complete and passed needed, found complete and UNCHECKED");
    assertTrue(saved.err().contains("run 1 of 30"), saved.err());
    assertFalse(saved.err().contains("run 2 of 30"), saved.err());
  }

  @Test
  void aHistoryHoldsItsOwnBaseline() {
    Path history = runs("history", 'a', 30, 1);
    Said one = Said.by("gate", "--history", history.toString(), "--out", at("gate"));
    one.refused(ExitCode.ENVIRONMENT, "two builds");
    runs("history", 'b', 10, 1.1);
    ends(
        ExitCode.FAILED,
        Said.by("gate", "--history", history.toString(), "--out", at("gate"))
            .prints("| pp16 | slower |", "| tg2 | same |"));
  }

  private static final List<String> SMALL =
      List.of("--", "-m", "lexicon-draft-q8_0", "-p", "16", "-n", "2", "-r", "1", "--warmup", "0");

  private Said takes(String... words) {
    List<String> all = new ArrayList<>(List.of("gate", "--out", at("gate")));
    all.addAll(List.of(words));
    all.addAll(SMALL);
    return Said.by(all.toArray(String[]::new));
  }

  /** Two runs are too few, whatever the machine does. */
  @Test
  void aSecondRoundIsTakenWhileTheOutcomeIsOpen() {
    String base = runs("from", 'a', 30, 1).toString();
    Said.by("baseline", "save", "--from", base, "--baseline", at("base")).done();
    Said open = takes("--baseline", at("base"), "--runs", "1", "--confirm", "1");
    ends(ExitCode.INCONCLUSIVE, open);
    open.says(
        "error budget 0.0055, shared by up to 2 looks: 0.00275 each",
        "inconclusive after 1 runs; round 1 of 1 to confirm");
    assertEquals(2, History.in(folder.resolve("gate/candidate")).read().records().size());
  }

  /**
   * Forty pairs on a machine that becomes half as slow again while they are taken: the step of 2 %
   * between the builds is found, and none where there is none.
   */
  @Test
  void manyPairsSeeWhatBothSuffered() throws IOException {
    GateRuns taken = pairs(replayed("before", 'a', 1), replayed("slower", 'b', 1.02));
    GateResult slower =
        Gate.judgePairs(taken.baseline(), taken.candidate(), GateSettings.standard());
    assertEquals(GateOutcome.REGRESSION, slower.outcome(), slower::toString);
    assertEquals(2, slower.rows().size());
    taken = pairs(replayed("again", 'a', 1), replayed("same", 'b', 1));
    GateResult same = Gate.judgePairs(taken.baseline(), taken.candidate(), GateSettings.standard());
    assertEquals(GateOutcome.PASS, same.outcome(), same::toString);
  }

  private GateRuns pairs(Path other, Path own) {
    GateRuns taken =
        new GateRuns(
            BenchProcess.of(own),
            Optional.of(BenchProcess.of(other)),
            List.of(),
            folder.resolve("pairs"),
            line -> {});
    taken.take(PAIRS / 2);
    taken.take(PAIRS / 2);
    return taken;
  }

  /** A build whose runs leave records made before, one after the other. */
  private Path replayed(String name, char jar, double factor) throws IOException {
    Random random = new Random(name.hashCode());
    Path build = Files.createDirectories(folder.resolve(name));
    for (int i = 0; i < PAIRS; i++) {
      List<Measurement> measurements = new ArrayList<>();
      for (Measurement m : real().measurements()) {
        double drift = 1 + 0.5 * i / PAIRS;
        double noise = 1 + NOISE * random.nextGaussian();
        Samples.Repetition repetition =
            Samples.Repetition.prefill(Math.round(1e8 * factor * drift * noise));
        measurements.add(
            new Measurement(
                m.workload(), new Samples(List.of(repetition), Nanos.of()), m.traffic()));
      }
      RunRecord run = record(jar, i, measurements, real().checks());
      Files.writeString(build.resolve("record-" + i + ".json"), RecordCodec.line(run));
    }
    Path launcher = build.resolve("rocmforge");
    Files.writeString(
        launcher,
        "#!/bin/sh\ncd '%s'\nread -r n <next\necho $((n + 1)) >next\n".formatted(build)
            + "echo \"$PWD/record-$n.json\"\necho page\n");
    Files.writeString(build.resolve("next"), "0\n");
    assertTrue(launcher.toFile().setExecutable(true));
    return build;
  }

  /** Another build is a folder with a launcher; here it is this one under another name. */
  @Test
  void buildsTakeTurns() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other"));
    Path launcher = other.resolve("rocmforge");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Files.writeString(
        launcher,
        "#!/bin/sh\nexec '%s' -cp '%s' --add-modules jdk.incubator.vector -Drocmforge.root='%s' %s \"$@\"\n"
            .formatted(
                java,
                System.getProperty("java.class.path"),
                System.getProperty("rocmforge.root"),
                Rocmforge.class.getName()));
    assertTrue(launcher.toFile().setExecutable(true));
    Said said =
        Said.by(
            "gate",
            "--against",
            other.toString(),
            "--runs",
            "2",
            "--out",
            at("gate"),
            "--",
            "-m",
            "lexicon-draft-q8_0",
            "-p",
            "16",
            "-n",
            "0",
            "-r",
            "1",
            "--warmup",
            "0");
    ends(ExitCode.INCONCLUSIVE, said);
    said.prints("pairs: at least 8 needed, 2 found", "A B A B", "candidate: 2 runs")
        .says("baseline run 2 of 2", "candidate run 2 of 2");
    assertEquals(2, History.in(folder.resolve("gate/baseline")).read().records().size());
    Said.by("gate", "--against", at("nowhere"), "--runs", "1", "--out", at("gate"))
        .refused(ExitCode.FAILED, "launcher");
    Said.by(
            "gate",
            "--against",
            other.toString(),
            "--runs",
            "1",
            "--out",
            at("gate"),
            "--",
            "-m",
            "no-such-model")
        .refused(ExitCode.FAILED, "no-such-model");
  }

  @Test
  void theSelfTestTakesSeriesAndFolders() throws IOException {
    Path runs = runs("runs", 'a', 61, 1);
    Said.by("baseline", "series", "--from", runs.toString(), "--out", at("series.tsv")).done();
    Said file = Said.by("gate", "--self-test", "--trials", "10", "--series", at("series.tsv"));
    file.done()
        .prints(
            "Simulated runs", "noise 10 %, correlation 0.7", "pp16: 61 runs", " of 2 stretches");
    Files.writeString(folder.resolve("bad.tsv"), "what\n");
    Said.by("gate", "--self-test", "--trials", "1", "--series", at("bad.tsv"))
        .refused(ExitCode.FAILED, "bad.tsv", "no series");
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }
}
