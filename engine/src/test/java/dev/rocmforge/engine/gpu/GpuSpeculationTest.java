package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.sampling.Sampler;
import dev.rocmforge.engine.sampling.SamplerOptions;
import dev.rocmforge.engine.speculative.Drafter;
import dev.rocmforge.engine.speculative.FixedLength;
import dev.rocmforge.engine.speculative.ModelDrafter;
import dev.rocmforge.engine.speculative.SpeculativeDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Greedy text on the device is the same with drafts and without. As many prompts as {@code
 * -Drocmforge.prompts} says.
 */
class GpuSpeculationTest {
  private static final int PROMPTS = Integer.getInteger("rocmforge.prompts", 4);
  private static final int TOKENS = 16;
  private static final SessionOptions SMALL = new SessionOptions(96, 32, KvType.F32);

  /**
   * The draft is the model itself on the CPU, so that drafts are confirmed often and not always.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 7})
  void greedyTextIsThatOfPlainDecoding(int length) {
    long accepted = 0;
    long drafted = 0;
    try (Model model = Model.open(Oracle.named("qwen2-tied").model());
        Model other = Model.open(Oracle.named("qwen3").model());
        VectorBackend cpu = new VectorBackend(1);
        GpuBackend gpu = EmulatedGpu.open(EmulatedGpu.floats());
        Session plain = gpu.open(model, SMALL);
        Session target = gpu.open(model, SMALL);
        Drafter same = drafter(cpu, model);
        Drafter different = drafter(cpu, other)) {
      int vocabulary = model.config().vocabularySize();
      Random random = new Random(5);
      for (int i = 0; i < PROMPTS; i++) {
        int[] prompt = random.ints(2 + i % 30, 1, vocabulary).toArray();
        var decoder =
            new SpeculativeDecoder(
                target,
                i % 2 == 0 ? same : different,
                new FixedLength(length),
                sampler(vocabulary),
                vocabulary,
                () -> 0);
        target.rewind(0);
        List<Integer> tokens = new ArrayList<>();
        decoder.generate(prompt, target.prefill(prompt), TOKENS, (id, _) -> tokens.add(id));
        assertEquals(plain(plain, prompt), tokens, "prompt " + i);
        assertEquals(prompt.length + TOKENS, target.position());
        accepted += decoder.counts().acceptedTokens();
        drafted += decoder.counts().draftedTokens();
      }
    }
    assertTrue(accepted > drafted / 10 && accepted < drafted, accepted + " of " + drafted);
  }

  private static Drafter drafter(VectorBackend cpu, Model model) {
    return new ModelDrafter(
        cpu.open(model, SMALL), model.config().vocabularySize(), SamplerOptions.GREEDY);
  }

  private static Sampler sampler(int vocabulary) {
    return new Sampler(SamplerOptions.GREEDY, vocabulary);
  }

  private static List<Integer> plain(Session session, int[] prompt) {
    session.rewind(0);
    List<Integer> tokens = new ArrayList<>();
    float[] logits = session.prefill(prompt);
    Sampler sampler = sampler(logits.length);
    for (int i = 0; i < TOKENS; i++) {
      tokens.add(sampler.sample(logits));
      logits = session.step(tokens.getLast());
    }
    return tokens;
  }
}
