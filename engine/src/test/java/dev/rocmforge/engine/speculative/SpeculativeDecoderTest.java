package dev.rocmforge.engine.speculative;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.sampling.Sampler;
import dev.rocmforge.engine.sampling.SamplerOptions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drafts change the number of passes and nothing else. */
class SpeculativeDecoderTest {
  private static final int NONE = -1;
  private static Lexicon lexicon;

  @BeforeAll
  static void open() {
    lexicon = new Lexicon();
  }

  @AfterAll
  static void close() {
    lexicon.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 9, 64})
  void greedyTextIsThatOfPlainDecoding(int length) {
    assertPlainText(lexicon.cpu, new FixedLength(length), 100, 24);
  }

  @Test
  void greedyTextIsThatOfPlainDecodingWhereTheLengthAdapts() {
    assertPlainText(lexicon.cpu, new AdaptiveLength(6), 100, 24);
  }

  @Test
  void theReferenceBackendAgrees() {
    try (Backend scalar = new ScalarBackend()) {
      assertPlainText(scalar, new FixedLength(4), 4, 12);
    }
  }

  private static void assertPlainText(Backend backend, DraftLength length, int prompts, int count) {
    SpeculationCounts all = new SpeculationCounts(0, 0, List.of(), List.of());
    try (Session plain = backend.open(lexicon.target, Lexicon.session(Lexicon.CONTEXT));
        Session target = backend.open(lexicon.target, Lexicon.session(Lexicon.CONTEXT));
        Drafter drafter = lexicon.drafter(SamplerOptions.GREEDY)) {
      for (int[] prompt : lexicon.prompts(prompts)) {
        List<Integer> expected = Lexicon.plain(plain, prompt, SamplerOptions.GREEDY, count);
        Lexicon.Text text =
            Lexicon.speculative(
                target, drafter, length, prompt, SamplerOptions.GREEDY, count, NONE);
        assertEquals(expected, text.tokens());
        assertEquals(plain.position(), target.position());
        assertArrayEquals(plain.step(5).clone(), target.step(5), 0, "the caches differ");
        all = all.plus(text.counts());
      }
    }
    assertTrue(all.draftedTokens() > 0 && all.acceptedTokens() > 0, all.toString());
    assertTrue(all.passes() < (long) prompts * count, all.toString());
  }

  @Test
  void greedyTextWithAPenaltyIsThatOfPlainDecoding() {
    SamplerOptions options = SamplerOptions.GREEDY.withRepetition(1.3, 16);
    try (Session plain = lexicon.cpu.open(lexicon.target, Lexicon.session(96));
        Session target = lexicon.cpu.open(lexicon.target, Lexicon.session(96));
        Drafter drafter = lexicon.drafter(options)) {
      for (int[] prompt : lexicon.prompts(20)) {
        List<Integer> expected = Lexicon.plain(plain, prompt, options, 24);
        Lexicon.Text text =
            Lexicon.speculative(target, drafter, new FixedLength(4), prompt, options, 24, NONE);
        assertEquals(expected, text.tokens());
      }
    }
  }

  @Test
  void textThatRepeatsItselfIsDraftedFromItself() {
    int[] prompt = {7, 8, 9, 10, 11, 12, 7, 8, 9, 10, 11, 12, 7, 8, 9};
    Draft draft = new NgramDrafter().newDraft(8);
    new NgramDrafter().draft(new TokenText(prompt), 8, draft);
    assertEquals("[10, 11, 12, 7, 8, 9]", draft.toString());
    new NgramDrafter().draft(new TokenText(new int[] {1, 2, 3, 4}), 8, draft);
    assertEquals("[]", draft.toString());
    try (Session plain = lexicon.cpu.open(lexicon.target, Lexicon.session(96));
        Session target = lexicon.cpu.open(lexicon.target, Lexicon.session(96));
        Drafter drafter = new NgramDrafter()) {
      List<Integer> expected = Lexicon.plain(plain, prompt, SamplerOptions.GREEDY, 60);
      Lexicon.Text text =
          Lexicon.speculative(
              target, drafter, new FixedLength(5), prompt, SamplerOptions.GREEDY, 60, NONE);
      assertEquals(expected, text.tokens());
      assertTrue(text.counts().acceptedTokens() > 0, text.counts().toString());
    }
  }

  /** A token that ends the text may stand anywhere in a draft. */
  @Test
  void nothingFollowsTheEnd() {
    int[] prompt = lexicon.prompts(1).getFirst();
    try (Session plain = lexicon.cpu.open(lexicon.target, Lexicon.session(96));
        Session target = lexicon.cpu.open(lexicon.target, Lexicon.session(96));
        Drafter drafter = lexicon.drafter(lexicon.target, Lexicon.CONTEXT, SamplerOptions.GREEDY)) {
      List<Integer> all = Lexicon.plain(plain, prompt, SamplerOptions.GREEDY, 24);
      for (int end = 0; end < all.size(); end++) {
        int first = all.indexOf(all.get(end));
        Lexicon.Text text =
            Lexicon.speculative(
                target,
                drafter,
                new FixedLength(7),
                prompt,
                SamplerOptions.GREEDY,
                24,
                all.get(end));
        assertEquals(all.subList(0, first), text.tokens());
        assertEquals(prompt.length + first, target.position());
      }
    }
  }

  @Test
  void aDraftEqualToTheModelIsConfirmedWhole() {
    int[] prompt = lexicon.prompts(2).getLast();
    try (Session target = lexicon.cpu.open(lexicon.target, Lexicon.session(96));
        Drafter drafter = lexicon.drafter(lexicon.target, 96, SamplerOptions.GREEDY)) {
      Lexicon.Text text =
          Lexicon.speculative(
              target, drafter, new FixedLength(4), prompt, SamplerOptions.GREEDY, 50, NONE);
      assertEquals(1, text.counts().acceptance());
      // The first token comes from the prefill; then every pass settles five.
      assertEquals(10, text.counts().passes(), text.counts().toString());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 50, 59, 60, 61, 1024})
  void contextsOfBothModelsAreKept(int draftContext) {
    int[] prompt = java.util.Arrays.copyOf(lexicon.prompts(4).getLast(), 12);
    int context = 60;
    try (Session plain = lexicon.cpu.open(lexicon.target, Lexicon.session(context));
        Session target = lexicon.cpu.open(lexicon.target, Lexicon.session(context));
        Drafter drafter = lexicon.drafter(lexicon.draft, draftContext, SamplerOptions.GREEDY)) {
      List<Integer> expected = Lexicon.plain(plain, prompt, SamplerOptions.GREEDY, 500);
      assertEquals(context - prompt.length + 1, expected.size());
      for (int length : new int[] {1, 4, 64}) {
        Lexicon.Text text =
            Lexicon.speculative(
                target, drafter, new FixedLength(length), prompt, SamplerOptions.GREEDY, 500, NONE);
        assertEquals(expected, text.tokens());
        assertEquals(context, target.position());
      }
    }
  }

  @Test
  void aLengthOfZeroIsPlainDecoding() {
    int[] prompt = lexicon.prompts(3).getLast();
    SamplerOptions options = SamplerOptions.DEFAULT.withSeed(11);
    try (Session target = lexicon.cpu.open(lexicon.target, Lexicon.session(96));
        Drafter drafter = lexicon.drafter(options)) {
      List<Integer> expected = Lexicon.plain(target, prompt, options, 30);
      Lexicon.Text text =
          Lexicon.speculative(target, drafter, new FixedLength(0), prompt, options, 30, NONE);
      assertEquals(expected, text.tokens());
      assertEquals(0, text.counts().draftedTokens());
    }
  }

  @Test
  void stateThatCannotBeCutIsRefused() {
    try (Model mamba = Model.open(Oracle.named("mamba").model());
        Session session = lexicon.cpu.open(mamba, Lexicon.session(32))) {
      var sampler = new Sampler(SamplerOptions.GREEDY, mamba.config().vocabularySize());
      InputException refused =
          assertThrows(
              InputException.class,
              () ->
                  new SpeculativeDecoder(
                      session,
                      new NgramDrafter(),
                      new FixedLength(4),
                      sampler,
                      mamba.config().vocabularySize(),
                      System::nanoTime));
      assertTrue(refused.getMessage().contains("recurrent state"), refused.getMessage());
    }
  }
}
