package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.hip.ffi.HipLibrary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The kernels on the hiprtc of Debian's libamdhip64-5, through the engine's own binding: the oldest
 * compiler that a user may have. {@code ci/hiprtc} starts it.
 *
 * <p>Arguments: {@code KERNELS [--full] [PART]}. It compiles each kernel with its default constants
 * for two architectures, with {@code --full} for all that this compiler knows and with the
 * constants of {@code tuning/variants.tsv} too; PART is part of a path such as {@code q4_0/gemv}.
 * Compilations run in child processes, because this compiler ends its process on code it half
 * knows. Exit code 1 if a kernel does not compile, 3 if the library is not installed.
 */
final class DebianCompiler {
  private static final String LIBRARY = "libamdhip64.so.5";

  /** The wave of each architecture that HIP 5.2 compiles for and the kernels support. */
  private static final Map<String, Integer> WAVES =
      new TreeMap<>(
          Map.of("gfx906", 64, "gfx90a", 64, "gfx1010", 32, "gfx1013", 32, "gfx1030", 32));

  /** Taken in turn by the kernels, so that the short run meets these four. */
  private static final List<List<String>> PAIRS =
      List.of(List.of("gfx906", "gfx1030"), List.of("gfx90a", "gfx1010"));

  private static final long TIMEOUT_SECONDS = 120;

  private final Path kernels;
  private final Queue<String> jobs = new ConcurrentLinkedQueue<>();
  private final AtomicInteger faults = new AtomicInteger();

  private DebianCompiler(Path kernels) {
    this.kernels = kernels;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path kernels = Path.of(arguments[0]);
    List<String> options = List.of(arguments).subList(1, arguments.length);
    if (options.equals(List.of("--child"))) {
      compileWhatIsAsked(kernels);
      return;
    }
    if (HipLibrary.open(LIBRARY).isEmpty()) {
      System.err.println(
          "no " + LIBRARY + ", run: apt-get install -y libamdhip64-5 libhiprtc-builtins5");
      System.exit(3);
    }
    boolean full = options.contains("--full");
    String part =
        options.stream().filter(option -> !option.startsWith("--")).findFirst().orElse("");
    System.exit(new DebianCompiler(kernels).run(full, part));
  }

  private int run(boolean full, String part) throws IOException, InterruptedException {
    List<String> names = names().stream().filter(name -> name.contains(part)).toList();
    for (int i = 0; i < names.size(); i++) {
      for (String arch : full ? WAVES.keySet() : PAIRS.get(i % PAIRS.size())) {
        for (String constants : full ? constants(names.get(i)) : List.of("")) {
          addJob(names.get(i), arch, constants);
        }
      }
    }
    int count = jobs.size();
    if (count == 0) {
      System.err.println("no kernel's path has '" + part + "' in it");
      return 1;
    }
    long began = System.nanoTime();
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      workers.add(Thread.ofPlatform().start(this::work));
    }
    for (Thread worker : workers) {
      worker.join();
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    System.out.printf(
        "hiprtc of %s: %d kernel files, %d compilations, %d faults, %d s%n",
        LIBRARY, names.size(), count, faults.get(), seconds);
    return faults.get() == 0 ? 0 : 1;
  }

  /** {@code q4_0/gemv} and so on, in order. */
  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(kernels)) {
      return files
          .map(file -> kernels.relativize(file).toString())
          .filter(name -> name.endsWith(".hip"))
          .filter(name -> !name.matches("(lab|runtimes|tests)/.*"))
          .map(name -> name.substring(0, name.length() - ".hip".length()))
          .sorted()
          .toList();
    }
  }

  /** The kernel's defaults and its lines in {@code tuning/variants.tsv}. */
  private List<String> constants(String name) {
    List<String> found = new ArrayList<>(List.of(""));
    for (String line : Emulation.read(kernels.resolve("tuning/variants.tsv")).lines().toList()) {
      String[] cells = line.split("\t", -1);
      String glob = cells[0].replace("*", "[^/]*");
      if (cells.length == 2 && name.matches(glob)) {
        found.add(cells[1]);
      }
    }
    return found;
  }

  /** An override such as {@code gemv.gfx11} is for the architectures it names. */
  private void addJob(String name, String arch, String constants) {
    int dot = name.indexOf(".gfx");
    if (dot < 0 || arch.startsWith(name.substring(dot + 1))) {
      String wave = "-DRF_WAVE=" + WAVES.get(arch);
      jobs.add((name + " --offload-arch=" + arch + " " + wave + " " + constants).strip());
    }
  }

  /** Hands jobs to a child; one that ends without an answer is named and replaced. */
  private void work() {
    try {
      Process child = null;
      for (String job = jobs.poll(); job != null; job = jobs.poll()) {
        if (child == null) {
          child = child();
        }
        String answer = ask(child, job);
        if (answer == null) {
          fault(job + ": the compiler ended its process, exit code " + child.waitFor());
          child = null;
        } else if (!answer.startsWith("compiled")) {
          fault(job + ": " + answer.replace('\t', '\n'));
        }
      }
      if (child != null) {
        child.destroy();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Shown at once: a run that is cut short has told what it found. */
  private void fault(String text) {
    faults.incrementAndGet();
    System.out.println(text);
  }

  private Process child() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            DebianCompiler.class.getName(),
            kernels.toString(),
            "--child")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** The child's line of answer; null when it ended or was ended for taking too long. */
  private static String ask(Process child, String job) throws IOException {
    child.getOutputStream().write((job + "\n").getBytes(StandardCharsets.UTF_8));
    child.getOutputStream().flush();
    Thread watch =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Thread.sleep(TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS));
                    child.destroyForcibly();
                  } catch (InterruptedException _) {
                    // The answer came.
                  }
                });
    String answer = child.inputReader(StandardCharsets.UTF_8).readLine();
    watch.interrupt();
    return answer;
  }

  /** The child: a job a line in, an answer a line out; a log's lines are joined with tabs. */
  private static void compileWhatIsAsked(Path kernels) throws IOException {
    PrintStream out = System.out;
    KernelCompiler compiler =
        new KernelCompiler(HipLibrary.open(LIBRARY).orElseThrow().hiprtc().orElseThrow());
    Map<String, String> headers;
    try (Stream<Path> files = Files.list(kernels.resolve("include"))) {
      headers =
          files.collect(Collectors.toMap(file -> file.getFileName().toString(), Emulation::read));
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String job = in.readLine(); job != null; job = in.readLine()) {
      List<String> words = List.of(job.split(" +"));
      String file = words.getFirst() + ".hip";
      List<String> options = new ArrayList<>(List.of("-O3", "-std=c++17"));
      options.addAll(words.subList(1, words.size()));
      try {
        String text = Emulation.read(kernels.resolve(file));
        byte[] code = compiler.compile(new KernelSource(file, text, headers, options)).code();
        boolean elf = code[0] == 0x7f && code[1] == 'E' && code[2] == 'L' && code[3] == 'F';
        out.println(elf ? "compiled" : "no ELF file, " + code.length + " bytes");
      } catch (KernelCompilationException e) {
        out.println(e.getMessage().replace('\n', '\t'));
      }
      out.flush();
    }
  }
}
