package dev.rocmforge.peers.jlama;

import com.github.tjake.jlama.util.PhysicalCoreExecutor;
import dev.rocmforge.engine.EngineException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Answers {@code bench --peers} with Jlama: one request a line on stdin, one JSON object a line on
 * stdout.
 *
 * <pre>
 *   JlamaPeer MODEL THREADS CONTEXT BATCH KEYS VALUES
 *
 *   (start)          {"engine": NAME, "vocabulary": N, "threads": N}
 *   tokens ID...     {"tokens": N}        the tokens that all later requests run
 *   prefill D N      {"nanos": [T]}       tokens D to D + N at once, after D tokens that are not timed
 *   decode D N       {"nanos": [T, ...]}  the same one by one, a time each
 *   logits FILE P N  {"rows": N + 1}      logits after P tokens at once and after each of N more,
 *                                         native 32-bit floats
 * </pre>
 *
 * <p>What cannot be done is {@code {"error": TEXT}} and the end with exit code 1.
 */
public final class JlamaPeer {
  private final JlamaEngine engine;
  private final PrintStream out;
  private int[] tokens = {};

  private JlamaPeer(JlamaEngine engine, PrintStream out) {
    this.engine = engine;
    this.out = out;
  }

  /** Runs it; the words are those above. */
  public static void main(String[] words) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try {
      run(words, out);
    } catch (EngineException | IllegalArgumentException | UnsupportedOperationException e) {
      String plain = e.toString().replaceAll("[\"\\\\\\p{Cntrl}]", " ");
      out.println("{\"error\": \"%s\"}".formatted(plain));
      System.exit(1);
    }
    // Its threads are no daemons.
    System.exit(0);
  }

  private static void run(String[] words, PrintStream out) throws IOException {
    if (words.length != 6) {
      throw new InputException("MODEL THREADS CONTEXT BATCH KEYS VALUES needed");
    }
    if (!words[4].equals("f32") || !words[5].equals("f32")) {
      throw new InputException(
          "a KV cache of f32 needed, %s and %s found".formatted(words[4], words[5]));
    }
    int threads = Integer.parseInt(words[1]);
    // Read when Jlama's classes load. Its activation runs in the common pool, where the caller
    // works too.
    System.setProperty("jlama.max_batch_size", words[3]);
    System.setProperty(
        "java.util.concurrent.ForkJoinPool.common.parallelism", Integer.toString(threads - 1));
    PhysicalCoreExecutor.overrideThreadCount(threads);
    try (Model model = Model.open(Path.of(words[0]))) {
      JlamaEngine engine =
          new JlamaEngine(model, Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      out.println(
          "{\"engine\": \"%s\", \"vocabulary\": %d, \"threads\": %d}"
              .formatted(
                  engine.name(),
                  engine.vocabulary(),
                  PhysicalCoreExecutor.instance.get().getCoreCount()));
      new JlamaPeer(engine, out).answer();
    }
  }

  private void answer() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] request = line.split(" ");
      switch (request[0]) {
        case "tokens" -> {
          tokens = Arrays.stream(request).skip(1).mapToInt(Integer::parseInt).toArray();
          engine.forget();
          out.println("{\"tokens\": %d}".formatted(tokens.length));
        }
        case "prefill", "decode" -> {
          int depth = Integer.parseInt(request[1]);
          int count = Integer.parseInt(request[2]);
          timed(depth, count, request[0].equals("prefill") ? count : 1);
        }
        case "logits" ->
            logits(Path.of(request[1]), Integer.parseInt(request[2]), Integer.parseInt(request[3]));
        default -> throw new InputException("no such request: " + line);
      }
    }
  }

  private int[] range(int from, int to) {
    if (from >= to || to > tokens.length) {
      throw new InputException(
          "tokens %d to %d asked for, %d given".formatted(from, to, tokens.length));
    }
    return Arrays.copyOfRange(tokens, from, to);
  }

  private void timed(int depth, int count, int step) {
    if (engine.position() < depth) {
      engine.run(range(engine.position(), depth));
    }
    engine.goTo(depth);
    long[] nanos = new long[count / step];
    long last = System.nanoTime();
    for (int i = 0; i < nanos.length; i++) {
      engine.run(range(depth + i * step, depth + (i + 1) * step));
      long now = System.nanoTime();
      nanos[i] = now - last;
      last = now;
    }
    out.println(
        LongStream.of(nanos)
            .mapToObj(Long::toString)
            .collect(Collectors.joining(", ", "{\"nanos\": [", "]}")));
  }

  private void logits(Path file, int prompt, int steps) throws IOException {
    engine.goTo(0);
    try (LogitsFile rows = new LogitsFile(file, engine.vocabulary())) {
      for (int row = 0; row <= steps; row++) {
        int from = row == 0 ? 0 : prompt + row - 1;
        rows.add(engine.run(range(from, prompt + row)));
      }
    }
    out.println("{\"rows\": %d}".formatted(steps + 1));
  }
}
