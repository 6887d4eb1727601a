package dev.rocmforge.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.bench.run.BenchListener;
import dev.rocmforge.bench.run.BenchPlan;
import dev.rocmforge.bench.run.BenchTask;
import dev.rocmforge.bench.run.Peer;
import dev.rocmforge.bench.run.PeerCheck;
import dev.rocmforge.bench.run.PeerRun;
import dev.rocmforge.bench.run.TokenIds;
import dev.rocmforge.bench.run.TokenSource;
import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.CheckVerdict;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that are right, wrong, dead or silent; a process of ours plays them. */
class PeersTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Set<KvType> CACHES = Set.of(KvType.F32, KvType.F16);
  private static final SessionOptions OPTIONS = SessionOptions.DEFAULT;
  private static final SessionOptions HALF = OPTIONS.withKv(KvStorage.of(KvType.F16));

  @TempDir private Path folder;
  private Path file;
  private Model model;

  /** Turns as they happened; the listener of {@link PeerRun} hears ours. */
  private static final class Turns implements BenchListener {
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void repetition(BenchTask task, boolean warmUp, int done, int of, long nanos) {
      seen.add(warmUp ? "warm" : "ours");
    }

    @Override
    public void measured(BenchTask task, Measurement measurement) {
      throw new AssertionError("turns end together");
    }
  }

  @BeforeEach
  void open() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("datasets/models"))) {
      root = root.getParent();
    }
    file = root.resolve("datasets/models/lexicon-draft-q8_0.gguf");
    model = Model.open(file);
  }

  @AfterEach
  void close() {
    model.close();
  }

  private BenchPlan plan(SessionOptions options, int repetitions) {
    TokenSource source = new TokenSource(42, model.config().vocabularySize(), Optional.empty());
    return new BenchPlan(
        List.of(
            new BenchTask(Workload.Kind.PREFILL, source.first(24), 0, 0, 1, ""),
            new BenchTask(Workload.Kind.DECODE, TokenIds.NONE, 3, 5, 1, "")),
        VectorBackend::new,
        options,
        repetitions,
        OptionalInt.of(1),
        source,
        "standard");
  }

  private ProgramPeer fake(String fault, Duration patience) {
    return peer(FakePeer.command(fault, folder.resolve("requests")), OPTIONS, patience);
  }

  private ProgramPeer peer(List<String> command, SessionOptions options, Duration patience) {
    return new ProgramPeer("fake", command, CACHES, file, options, patience);
  }

  @Test
  void enginesTakeTurnsOursFirstAndLast() {
    BenchPlan plan = plan(OPTIONS, 4);
    Turns turns = new Turns();
    Peer peer =
        new Peer() {
          @Override
          public String name() {
            return "counted";
          }

          @Override
          public Run open(BenchTask task, TokenIds tokens) {
            assertEquals(8, tokens.size());
            Run run = fake("", LONG).open(task, tokens);
            return new Run() {
              @Override
              public String engine() {
                return run.engine();
              }

              @Override
              public Samples.Repetition repetition() {
                turns.seen.add("peer");
                return run.repetition();
              }

              @Override
              public void close() {
                run.close();
                turns.seen.add("closed");
              }
            };
          }

          @Override
          public Optional<List<float[]>> logits(TokenIds tokens, int prompt, int threads) {
            throw new AssertionError("a run compares nothing");
          }
        };
    PeerRun.Result result =
        new PeerRun(plan, model, List.of(peer), turns).run(plan.tasks().getLast());
    assertEquals(
        List.of(
            "warm", "peer", "ours", "peer", "ours", "peer", "ours", "peer", "ours", "peer", "ours",
            "closed"),
        turns.seen);
    Measurement theirs = result.peers().getFirst();
    assertEquals(5, result.ours().samples().repetitions().size());
    assertEquals(4, theirs.samples().repetitions().size());
    assertEquals(3_000_000, theirs.samples().repetitions().getFirst().totalNanos());
    assertEquals(Map.of("engine", "fake 1"), theirs.workload().settings());
    assertEquals(Map.of(), result.ours().workload().settings());
    assertEquals(result.ours().workload().promptSha256(), theirs.workload().promptSha256());
    assertTrue(result.ratio(0).fewest());
  }

  @Test
  void theSameLogitsPass() throws IOException {
    CheckRecord check = new PeerCheck(plan(OPTIONS, 1), model).of(fake("", LONG));
    assertEquals(CheckVerdict.PASSED, check.verdict(), check::toString);
    assertEquals(17, check.figures().getLast().value());
    assertEquals(List.of("tokens", "logits"), Files.readAllLines(folder.resolve("requests")));
  }

  @ParameterizedTest
  @CsvSource({"token-before,beyond its limit", "nan,not finite"})
  void otherWorkFails(String fault, String reason) {
    CheckRecord check = new PeerCheck(plan(OPTIONS, 1), model).of(fake(fault, LONG));
    assertEquals(CheckVerdict.FAILED, check.verdict(), check::toString);
    assertTrue(check.reason().orElseThrow().contains(reason), check::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "dies,exit code 7: out of fakery",
    "error,no fakery left",
    "prose,'JSON needed, ''hello'' found'",
    "zero,'3 times above 0 under ''nanos'' needed'",
    "threads,'1 threads needed, it runs 2'"
  })
  void whatGoesWrongIsSaid(String fault, String words) {
    BenchPlan plan = plan(OPTIONS, 1);
    PeerRun run = new PeerRun(plan, model, List.of(fake(fault, LONG)), new Turns());
    RuntimeException e =
        assertThrows(RuntimeException.class, () -> run.run(plan.tasks().getLast()));
    assertTrue(e.getMessage().contains(words), e::toString);
    assertEquals(
        fault.equals("dies") ? EnvironmentException.class : InputException.class, e.getClass());
  }

  @Test
  void aSilentPeerIsGivenUp() {
    BenchTask task = plan(OPTIONS, 1).tasks().getFirst();
    // Long enough for its JVM to start, short against the minute that it sleeps.
    try (Peer.Run run = fake("hangs", Duration.ofSeconds(20)).open(task, TokenIds.of(1, 2))) {
      EnvironmentException e = assertThrows(EnvironmentException.class, run::repetition);
      assertTrue(e.getMessage().contains("no answer within 20 s"), e::toString);
    }
  }

  @Test
  void aPeerThatDoesNotStartIsALackOfTheMachine() {
    Path none = folder.resolve("none");
    ProgramPeer peer = peer(List.of(none.toString()), OPTIONS, LONG);
    BenchTask task = plan(OPTIONS, 1).tasks().getFirst();
    assertThrows(EnvironmentException.class, () -> peer.open(task, TokenIds.of(1)));
  }

  @Test
  void cachesThatOnlyOneSideHasAreRefused() {
    SessionOptions coded = OPTIONS.withKv(KvStorage.of(KvType.Q8_0));
    InputException e = assertThrows(InputException.class, () -> peer(List.of("none"), coded, LONG));
    assertEquals("--peers fake: a KV cache of f16 or f32 needed, q8_0 chosen", e.getMessage());
    assertThrows(
        InputException.class,
        () -> new LlamaBenchPeer(Path.of("none"), file, OPTIONS, false, LONG));
  }

  private LlamaBenchPeer llamaBench(String body, boolean gpu) throws IOException {
    Path script = folder.resolve("llama-bench");
    Files.writeString(script, "#!/bin/sh\necho \"$*\" >> '" + folder + "/words'\n" + body + "\n");
    assertTrue(script.toFile().setExecutable(true));
    return new LlamaBenchPeer(script, file, HALF, gpu, LONG);
  }

  private static String row(int threads, String samples) {
    return """
    cat << 'END'
    [{"build_commit": "abc123", "backends": "CPU", "n_prompt": 24, "n_gen": 0, "n_depth": 0,
      "n_ubatch": 512, "n_threads": %d, "samples_ns": %s}]
    END
    """
        .formatted(threads, samples);
  }

  @Test
  void llamaBenchIsAskedForOneRunAndItsNanosecondsCount() throws IOException {
    BenchPlan plan = plan(HALF, 8);
    LlamaBenchPeer peer = llamaBench(row(1, "[2000000]"), false);
    Turns turns = new Turns();
    PeerRun.Result result =
        new PeerRun(plan, model, List.of(peer), turns).run(plan.tasks().getFirst());
    Measurement theirs = result.peers().getFirst();
    assertEquals(2_000_000, theirs.samples().repetitions().getFirst().totalNanos());
    assertEquals("llama-bench abc123, CPU", theirs.workload().settings().get(PeerRun.ENGINE));
    List<String> words = Files.readAllLines(folder.resolve("words"));
    assertEquals(9, words.size());
    for (String asked : List.of("-p 24", "-n 0", "-t 1", "-r 1", "-o json", "-m " + file)) {
      assertTrue(words.getFirst().contains(asked), words::toString);
    }
    var ratio = result.ratio(0);
    assertTrue(!ratio.fewest() && ratio.speed().low() <= ratio.speed().middle(), ratio::toString);
    assertTrue(Double.isFinite(ratio.speed().high()), ratio::toString);
  }

  @Test
  void llamaBenchOnADeviceTakesAllLayersAndNoThreads() throws IOException {
    BenchTask task = plan(HALF, 1).tasks().getFirst();
    llamaBench(row(64, "[1]"), true).open(task, TokenIds.NONE).repetition();
    String words = Files.readString(folder.resolve("words"));
    assertTrue(words.contains("-ngl") && !words.contains("-t "), words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"threads", "samples", "none", "fails", "prose"})
  void llamaBenchThatRanSomethingElseIsRefused(String fault) throws IOException {
    String body =
        switch (fault) {
          case "threads" -> row(3, "[1]");
          case "samples" -> row(1, "[1, 2]");
          case "none" -> "echo '[]'";
          case "fails" -> "echo no such model >&2; exit 2";
          default -> "echo hello";
        };
    Map<String, String> words =
        Map.of(
            "threads", "n_threads 1 needed, 3 found",
            "samples", "1 times above 0 under 'samples_ns' needed",
            "none", "an array of one run needed",
            "fails", "ended with exit code 2: no such model",
            "prose", "JSON needed");
    BenchTask task = plan(HALF, 1).tasks().getFirst();
    Peer.Run run = llamaBench(body, false).open(task, TokenIds.NONE);
    RuntimeException e = assertThrows(RuntimeException.class, run::repetition);
    assertTrue(e.getMessage().contains(words.get(fault)), e::toString);
  }

  @Test
  void aChangedArchiveIsNeverUnpacked() throws IOException {
    Files.writeString(folder.resolve("llama_cpp_python-0.3.36.tar.gz"), "not the archive");
    List<String> said = new ArrayList<>();
    LlamaBuild build = new LlamaBuild(folder, "some processor", said::add);
    EnvironmentException e = assertThrows(EnvironmentException.class, build::program);
    // Where CMake is missing that is said first; either way nothing is left behind.
    assertTrue(e.getMessage().matches(".*(sha256 .* needed|CMake is needed).*"), e::toString);
    assertEquals(1, said.size());
    try (var left = Files.list(folder)) {
      assertTrue(left.noneMatch(path -> path.getFileName().toString().startsWith("building")));
    }
  }

  @Test
  void jlamaStartsFromItsOwnJarsOrSaysHowTheyAreBuilt() throws IOException {
    JlamaProgram program = new JlamaProgram(folder);
    EnvironmentException e = assertThrows(EnvironmentException.class, program::command);
    assertTrue(e.getMessage().contains("mvn -Ppeers -DskipTests package"), e::toString);
    Path target = folder.resolve("bench/jlama/target");
    Files.createDirectories(target.resolve("lib"));
    Files.createFile(target.resolve("jlama-peer.jar"));
    assertTrue(program.command().contains(target + "/jlama-peer.jar:" + target + "/lib/*"));
  }

  @Test
  void theCacheFolderIsWhereTheEnvironmentSays() {
    Path home = Path.of("/home/someone");
    assertEquals(home.resolve(".cache/rocmforge/peers"), LlamaBuild.root(Map.of(), home));
    assertEquals(
        Path.of("/x/rocmforge/peers"), LlamaBuild.root(Map.of("XDG_CACHE_HOME", "/x"), home));
    assertEquals(Path.of("/own"), LlamaBuild.root(Map.of("ROCMFORGE_PEERS", "/own"), home));
  }
}
