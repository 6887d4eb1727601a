package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import java.nio.file.Path;
import java.util.Arrays;

/** A text that something is fitted to: its first tokens, run on the CPU before a probe. */
final class CalibrationText {
  private static final int TOKENS = 2048;
  private static final int WINDOW = 512;

  private CalibrationText() {}

  /**
   * @throws InputException if the text has no token
   */
  static void run(Model model, Path file, Probe probe) {
    int[] all = model.tokenizer().encode(TextFile.read(file), EncodeOptions.PLAIN);
    if (all.length == 0) {
      throw new InputException(file + ": a text of 1 token or more needed, 0 found");
    }
    int[] tokens = Arrays.copyOf(all, Math.min(all.length, TOKENS));
    int window = Math.min(WINDOW, model.config().contextLength());
    try (VectorBackend backend = new VectorBackend();
        Session session =
            backend.open(model, SessionOptions.DEFAULT.withContextLength(window), probe)) {
      for (int from = 0; from < tokens.length; from += window) {
        session.rewind(0);
        int to = Math.min(tokens.length, from + window);
        session.forward(Arrays.copyOfRange(tokens, from, to), (_, _) -> {});
      }
    }
  }
}
