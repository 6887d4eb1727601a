package dev.rocmforge.engine.speculative;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.sampling.Sampler;
import dev.rocmforge.engine.sampling.SamplerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The embedded models, prompts for them, and generation with and without drafts. */
final class Lexicon implements AutoCloseable {
  static final int CONTEXT = 192;

  final Backend cpu = new VectorBackend(1);
  final Model target = Model.open(Path.of("../datasets/models/lexicon-tiny-q8_0.gguf"));
  final Model draft = Model.open(Path.of("../datasets/models/lexicon-draft-q8_0.gguf"));

  static SessionOptions session(int context) {
    return new SessionOptions(context, 128, KvType.F32);
  }

  int vocabulary() {
    return target.config().vocabularySize();
  }

  /** Texts that the model itself writes, of 4 to 40 tokens. */
  List<int[]> prompts(int count) {
    List<int[]> prompts = new ArrayList<>();
    try (Session session = cpu.open(target, session(CONTEXT))) {
      for (int i = 0; i < count; i++) {
        var sampler = new Sampler(SamplerOptions.DEFAULT.withSeed(i), vocabulary());
        int[] prompt = new int[4 + i * 37 % 37];
        prompt[0] = 1 + i * 131 % (vocabulary() - 1);
        session.rewind(0);
        for (int at = 1; at < prompt.length; at++) {
          prompt[at] = sampler.sample(session.step(prompt[at - 1]));
        }
        prompts.add(prompt);
      }
    }
    return prompts;
  }

  ModelDrafter drafter(SamplerOptions options) {
    return drafter(draft, CONTEXT, options);
  }

  ModelDrafter drafter(Model model, int context, SamplerOptions options) {
    return new ModelDrafter(cpu.open(model, session(context)), vocabulary(), options);
  }

  /** The plain loop. */
  static List<Integer> plain(Session session, int[] prompt, SamplerOptions options, int count) {
    session.rewind(0);
    float[] logits = session.prefill(prompt);
    Sampler sampler = new Sampler(options, logits.length);
    sampler.accept(prompt);
    List<Integer> tokens = new ArrayList<>();
    while (tokens.size() < count) {
      int token = sampler.sample(logits);
      sampler.accept(token);
      tokens.add(token);
      if (session.position() == session.capacity()) {
        break;
      }
      logits = session.step(token);
    }
    return tokens;
  }

  /** What a generation gave. */
  record Text(List<Integer> tokens, SpeculationCounts counts) {}

  /** With drafts; {@code end} ends the generation. */
  static Text speculative(
      Session session,
      Drafter drafter,
      DraftLength length,
      int[] prompt,
      SamplerOptions options,
      int count,
      int end) {
    session.rewind(0);
    float[] logits = session.prefill(prompt);
    Sampler sampler = new Sampler(options, logits.length);
    sampler.accept(prompt);
    long[] clock = {0};
    var decoder =
        new SpeculativeDecoder(
            session, drafter, length, sampler, logits.length, () -> clock[0] += 1000);
    List<Integer> tokens = new ArrayList<>();
    decoder.generate(
        prompt,
        logits,
        count,
        (token, _) -> {
          if (token == end) {
            return false;
          }
          tokens.add(token);
          return true;
        });
    return new Text(tokens, decoder.counts());
  }

  @Override
  public void close() {
    target.close();
    draft.close();
    cpu.close();
  }
}
