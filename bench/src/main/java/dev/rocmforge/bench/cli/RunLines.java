package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.Generation;
import dev.rocmforge.bench.run.Prompt;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.speculative.SpeculationCounts;
import dev.rocmforge.engine.tokenizer.Tokenizer;
import dev.rocmforge.validation.machine.Processor;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What {@code run} says on stderr, in the documented shapes. */
final class RunLines {
  private final PrintWriter err;

  RunLines(PrintWriter err) {
    this.err = err;
  }

  void say(String format, Object... values) {
    err.printf(Locale.ROOT, format + "%n", values);
    err.flush();
  }

  /** A line whose end comes when the work is done. */
  void begin(String text) {
    err.print(text);
    err.flush();
  }

  void processor(Processor processor, BackendChoice choice, int threads) {
    begin("Detecting CPU capabilities... ");
    say("done");
    say("  Physical cores: %d", processor.physicalCores());
    say("  Logical CPUs: %d", processor.logicalCores());
    List<String> features = processor.features();
    say("  SIMD features: %s", features.isEmpty() ? "unknown" : String.join(", ", features));
    OptionalLong cache = processor.lastLevelCacheBytes();
    say(
        "  L3 cache: %s",
        cache.isPresent()
            ? String.format(Locale.ROOT, "%.1f MB", cache.getAsLong() / 1048576.0)
            : "undetectable (using fallback)");
    say("  Total memory: %.1f GB", processor.memoryBytes() / 1073741824.0);
    say(
        "  Kernel preference: %s",
        choice == BackendChoice.SCALAR
            ? "scalar"
            : "vector, " + VectorBackend.vectorBits() + " bits");
    say("Device: CPU");
    say(
        "Batch config: max %d tokens/batch, use %d cores",
        SessionOptions.DEFAULT.batchSize(), threads);
  }

  void model(Model model, Tokenizer tokenizer, Prompt prompt) {
    say("[Args] model path (%s): %s", model.file().container(), model.file().path());
    say("Chat template: %s", prompt.templateName());
    say("Prompt: %d tokens", prompt.tokens().size());
    say(
        "[Tokenizer] bos_id=%s eos_id=%s add_bos=%s add_eos=%s",
        id(tokenizer.bosId()), id(tokenizer.eosId()), tokenizer.addsBos(), tokenizer.addsEos());
    tokenizer.warning().ifPresent(text -> say("%s", text));
    say(
        "Model: %d layers, %d vocab, %d hidden",
        model.config().layerCount(),
        model.config().vocabularySize(),
        model.config().embeddingLength());
  }

  /** Says it where decode will be slower than it could be. */
  void copies(long beyond, long limit) {
    if (beyond > 0) {
      say(
          "Decode: %d MB of the weights stay row by row, slower: copies in panels may take %d MB,"
              + " the limit of the Java heap (-Xmx)",
          beyond / 1_000_000, limit / 1_000_000);
    }
  }

  private static String id(OptionalInt id) {
    return id.isPresent() ? "Some(" + id.getAsInt() + ")" : "None";
  }

  void prefill(int tokens, long nanos) {
    say("Prefill: %.1fms (%.1f tok/s)", nanos / 1e6, tokens * 1e9 / nanos);
  }

  void generated(Generation generation) {
    if (generation.tokens() == 0) {
      say("%n[EOS on first token]");
    }
    if (generation.stop() == Generation.Stop.CONTEXT) {
      say("[Context full]");
    }
    say(
        "%n%d tokens in %.1fms = %.1f tok/s",
        generation.tokens(), generation.nanos() / 1e6, generation.tokensPerSecond());
  }

  /** The documented block, and what a pass of the model settled. */
  void speculated(Generation generation, SpeculationCounts counts) {
    say("%n[Speculative Generation Statistics]");
    say("Tokens generated: %d tokens", generation.tokens());
    say("Total time: %.1fms", generation.nanos() / 1e6);
    say("Generation speed: %.1f tok/s", generation.tokensPerSecond());
    say("Draft tokens speculated: %d", counts.draftedTokens());
    say("Draft tokens accepted: %d", counts.acceptedTokens());
    say("Draft acceptance rate: %.2f%%", 100 * counts.acceptance());
    say(
        "Passes of the model: %d, of them %d without a draft",
        counts.passes(), counts.plainSteps());
  }
}
