package dev.rocmforge.bench.peers;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Speaks the protocol of {@code llama-peer.cpp} in a process of its own and computes with our
 * engine. Its first word is how it misbehaves, its second the file that every request goes to.
 */
public final class FakePeer {
  private FakePeer() {}

  /** What starts it. */
  static List<String> command(String fault, Path log) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--add-modules",
        "jdk.incubator.vector",
        "-cp",
        System.getProperty("java.class.path"),
        FakePeer.class.getName(),
        fault,
        log.toString());
  }

  public static void main(String[] words) throws Exception {
    String fault = words[0];
    Path log = Path.of(words[1]);
    int threads = Integer.parseInt(words[3]);
    try (Model model = Model.open(Path.of(words[2]))) {
      say(
          "{\"engine\": \"fake 1\", \"vocabulary\": %d, \"threads\": %d}"
              .formatted(
                  model.config().vocabularySize(),
                  fault.equals("threads") ? threads + 1 : threads));
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      int[] tokens = {};
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] request = line.split(" ");
        Files.writeString(
            log, request[0] + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        switch (request[0]) {
          case "tokens" -> {
            tokens = Arrays.stream(request).skip(1).mapToInt(Integer::parseInt).toArray();
            say("{\"tokens\": " + tokens.length + "}");
          }
          case "logits" -> logits(model, fault, tokens, request);
          default -> timed(fault, Integer.parseInt(request[2]), request[0].equals("decode"));
        }
      }
    }
  }

  private static void timed(String fault, int count, boolean decode) throws InterruptedException {
    switch (fault) {
      case "dies" -> {
        System.err.println("out of fakery");
        System.exit(7);
      }
      case "hangs" -> Thread.sleep(60_000);
      case "error" -> say("{\"error\": \"no fakery left\"}");
      case "prose" -> say("hello");
      default ->
          say(
              IntStream.range(0, decode ? count : 1)
                  .mapToObj(_ -> fault.equals("zero") ? "0" : "1000000")
                  .collect(Collectors.joining(", ", "{\"nanos\": [", "]}")));
    }
  }

  private static void logits(Model model, String fault, int[] tokens, String[] request)
      throws IOException {
    int prompt = Integer.parseInt(request[2]);
    int[] fed = tokens.clone();
    if (fault.equals("token-before")) {
      // As where a peer puts a token of its own in front.
      System.arraycopy(tokens, 0, fed, 1, tokens.length - 1);
    }
    List<float[]> rows = new ArrayList<>();
    try (Backend backend = new VectorBackend(1);
        Session session =
            backend.open(model, SessionOptions.DEFAULT.withContextLength(fed.length))) {
      rows.add(session.prefill(Arrays.copyOf(fed, prompt)).clone());
      for (int i = prompt; i < fed.length; i++) {
        rows.add(session.step(fed[i]).clone());
      }
    }
    if (fault.equals("nan")) {
      rows.getLast()[3] = Float.NaN;
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(4 * rows.size() * rows.getFirst().length)
            .order(ByteOrder.nativeOrder());
    for (float[] row : rows) {
      for (float value : row) {
        bytes.putFloat(value);
      }
    }
    Files.write(Path.of(request[1]), bytes.array());
    say("{\"rows\": " + rows.size() + "}");
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
