package dev.rocmforge.validation.mutant;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.validation.mutant.MutantVerdict.Fate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Plants faults one by one, each in a process of its own, and lets the cases of its operations look
 * for it: those of the quick tier first, then the rest, up to the first failure.
 */
public final class SelfTest {
  /**
   * Runs in which a difference is searched: 0 is the list, the others have other seeds, sizes mixed
   * anew and inputs of all classes.
   */
  public static final String SEARCHED = "0..4";

  private static final int LIMIT_MINUTES = 6;
  private static final int SEARCH_MINUTES = 15;

  /** Starts the command line of this project in a process of its own. */
  public interface Launcher {
    /**
     * A process not yet started.
     *
     * @param classes that take the place of those of the same name
     * @param arguments from the subcommand on
     */
    ProcessBuilder process(Optional<Path> classes, List<String> arguments);
  }

  private final Path project;
  private final Launcher launcher;

  public SelfTest(Path project, Launcher launcher) {
    this.project = project;
    this.launcher = launcher;
  }

  /**
   * Runs all, as many at a time as there are cores.
   *
   * @param after told of each as it ends, one at a time
   * @return in the order of the mutants
   */
  public List<MutantVerdict> run(List<Mutant> mutants, Consumer<MutantVerdict> after)
      throws InterruptedException {
    List<MutantVerdict> verdicts = new ArrayList<>();
    try (ExecutorService pool =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      List<Future<MutantVerdict>> running = new ArrayList<>();
      for (Mutant mutant : mutants) {
        running.add(
            pool.submit(
                () -> {
                  MutantVerdict verdict = judge(mutant);
                  synchronized (after) {
                    after.accept(verdict);
                  }
                  return verdict;
                }));
      }
      for (Future<MutantVerdict> one : running) {
        verdicts.add(one.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the self-test itself failed: " + e.getCause(), e);
    }
    return verdicts;
  }

  private MutantVerdict judge(Mutant mutant) throws IOException, InterruptedException {
    long began = System.nanoTime();
    Path folder = Files.createTempDirectory("rocmforge-mutant");
    MutantVerdict verdict;
    try {
      verdict = judge(mutant, folder);
    } catch (InputException | IOException e) {
      verdict = new MutantVerdict(mutant, Fate.BROKEN, e.getMessage(), 0);
    } finally {
      delete(folder);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    return new MutantVerdict(mutant, verdict.fate(), verdict.words(), seconds);
  }

  private MutantVerdict judge(Mutant mutant, Path folder) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("--tier", "full", "--fail-fast"));
    mutant.operations().forEach(one -> arguments.addAll(List.of("--operation", one)));
    Workshop workshop = new Workshop(project);
    Optional<Path> classes = Optional.empty();
    if (mutant.inReference()) {
      classes = Optional.of(workshop.reference(mutant, folder));
    } else {
      workshop.kernels(mutant, folder);
      arguments.addAll(List.of("--kernels", folder.toString()));
    }
    if (mutant.equivalent().isEmpty()) {
      Outcome outcome = child(classes, arguments, LIMIT_MINUTES, Fate.KILLED);
      if (outcome.fate() != Fate.SURVIVED || mutant.inReference()) {
        return outcome.of(mutant);
      }
    }
    return search(mutant, arguments);
  }

  /** Whether the bits of any output differ from those of the sources as they are. */
  private MutantVerdict search(Mutant mutant, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> more = new ArrayList<>(arguments);
    String as = project.resolve("kernels").toString();
    more.addAll(List.of("--same-as", as, "--seeds", SEARCHED, "--vary"));
    Outcome outcome = child(Optional.empty(), more, SEARCH_MINUTES, Fate.BROKEN);
    boolean declared = mutant.equivalent().isPresent();
    return switch (outcome.fate()) {
      case SURVIVED ->
          declared
              ? new MutantVerdict(mutant, Fate.EQUIVALENT, outcome.words(), 0)
              : new MutantVerdict(
                  mutant, Fate.SURVIVED, "no case failed; bit for bit: " + outcome.words(), 0);
      case KILLED ->
          declared
              ? new MutantVerdict(mutant, Fate.BROKEN, "not equivalent: " + outcome.words(), 0)
              : new MutantVerdict(
                  mutant, Fate.SURVIVED, "no case failed, though " + outcome.words(), 0);
      case EQUIVALENT, BROKEN -> outcome.of(mutant);
    };
  }

  private record Outcome(Fate fate, String words) {
    MutantVerdict of(Mutant mutant) {
      return new MutantVerdict(mutant, fate, words, 0);
    }
  }

  /**
   * Runs the cases in a process of its own.
   *
   * @param late what it means that they did not end: a fault may hang, a search may be too long
   */
  private Outcome child(Optional<Path> classes, List<String> arguments, int minutes, Fate late)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("validate", "kernels"));
    all.addAll(arguments);
    Path said = Files.createTempFile("rocmforge-mutant", ".txt");
    try {
      ProcessBuilder builder = launcher.process(classes, all).redirectErrorStream(true);
      Process process = builder.redirectOutput(said.toFile()).start();
      if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
        process.destroyForcibly().waitFor();
        return new Outcome(late, "limit of " + minutes + " minutes passed");
      }
      return outcome(process.exitValue(), Files.readString(said, StandardCharsets.UTF_8));
    } finally {
      Files.delete(said);
    }
  }

  private static Outcome outcome(int code, String said) {
    List<String> lines = said.lines().map(String::strip).toList();
    String last = lines.isEmpty() ? "nothing said" : lines.getLast();
    if (code == 0) {
      return new Outcome(Fate.SURVIVED, last);
    }
    for (int i = 0; i + 1 < lines.size(); i++) {
      if (lines.get(i).startsWith("FAILED ")) {
        String words = lines.get(i).substring("FAILED ".length()) + ": " + lines.get(i + 1);
        boolean stillborn = lines.get(i + 1).startsWith("does not compile");
        return new Outcome(stillborn ? Fate.BROKEN : Fate.KILLED, words);
      }
    }
    // Signals end a process with 128 and more.
    return code > 128
        ? new Outcome(Fate.KILLED, "the process died with code " + code)
        : new Outcome(Fate.BROKEN, "exit code " + code + ": " + last);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
