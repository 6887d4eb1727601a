package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.cpu.Oracle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference follows the device's experts, and only near ties are let pass. */
class RouterSteeringTest {
  private static final int TOKENS = 6;

  @TempDir Path folder;

  private CrossReference open() {
    return CrossReference.open(
        Oracle.named("qwen2moe"), CrossWay.Weights.F16, folder, CrossReference.CAPACITY);
  }

  /** What the reference would choose, by {@code layer, position}. */
  private static ExpertChoices own(CrossReference reference) {
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats());
        GpuSession session = backend.open(reference.model, options())) {
      var choices = new ExpertChoices(reference.model.config(), TOKENS);
      for (int i = 0; i < TOKENS; i++) {
        session.step(reference.tokens[i]);
        choices.take(session, 1);
      }
      return choices;
    }
  }

  private static SessionOptions options() {
    return new SessionOptions(TOKENS, 1, KvType.F32);
  }

  /** By graph, the device chooses as the reference does; every layer's choice can be read. */
  @Test
  void deviceTellsItsChoices() {
    try (CrossReference reference = open()) {
      CrossReference.Expected expected = reference.expected(own(reference), TOKENS, _ -> 1e-4);
      assertEquals(0, expected.turned());
      assertSame(expected.rows(), expected.own());
    }
  }

  /** A choice that no rounding explains is followed, and seen for what it is. */
  @Test
  void clearLeadIsNotExplained() {
    try (CrossReference reference = open()) {
      ExpertChoices choices = own(reference);
      var other = new BitSet();
      int used = choices.at(0, 0).cardinality();
      for (int e = 0; other.cardinality() < used; e++) {
        other.set(e, !choices.at(0, 0).get(e));
      }
      choices.set(0, 0, other);
      CrossReference.Expected expected = reference.expected(choices, TOKENS, _ -> 1e-4);
      assertTrue(expected.turned() >= 1, "turned " + expected.turned());
      assertTrue(expected.clearest() > 1, "clearest lead " + expected.clearest());
      double error = EmulatedGpu.distance(expected.own().get(0), expected.rows().get(0));
      assertTrue(error > 3e-3, "other experts change the logits: " + error);
    }
  }

  /** Two logits change places; the others, and so the weights but for the lead, stay. */
  @Test
  void leadIsMeasuredAgainstTheNorm() {
    try (Model model = Model.open(Oracle.named("qwen2moe").model())) {
      int used = ExpertChoices.mixture(model.config()).orElseThrow().used();
      int experts = used + 2;
      float[] row = new float[experts];
      for (int e = 0; e < experts; e++) {
        row[e] = experts - e;
      }
      row[used] = row[used - 1] - 0.25f;
      float[] before = row.clone();
      var choices = new ExpertChoices(model.config(), 1);
      var taken = new BitSet();
      taken.set(0, used - 1);
      taken.set(used);
      choices.set(0, 0, taken);
      var steering = new RouterSteering(choices, _ -> 0.01);
      steering.observe(Stage.ROUTER, 0, row, 1, experts, 0);
      assertEquals(taken, choices.best(row, 0, experts));
      double squares = 0;
      for (float logit : before) {
        squares += logit * logit;
      }
      assertEquals(1, steering.turned());
      assertEquals(0.25 / Math.sqrt(squares) / (Math.sqrt(2) * 0.01), steering.clearest(), 1e-6);
      float[] expected = before.clone();
      expected[used - 1] = before[used];
      expected[used] = Math.nextUp(before[used - 1]);
      assertArrayEquals(expected, row);
    }
  }

  /** Passes of many tokens keep a place for each of their rows. */
  @Test
  void batchesTellTheirChoices() {
    try (CrossReference reference = open();
        GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats());
        GpuSession session =
            backend.open(reference.model, new SessionOptions(TOKENS, TOKENS, KvType.F32))) {
      session.prefill(Arrays.copyOf(reference.tokens, TOKENS));
      var choices = new ExpertChoices(reference.model.config(), TOKENS);
      choices.take(session, TOKENS);
      assertTrue(choices.same(own(reference), TOKENS));
      Set<BitSet> seen = new HashSet<>();
      for (int i = 0; i < TOKENS; i++) {
        seen.add(choices.at(0, i));
      }
      assertTrue(seen.size() > 1, "tokens that all go to the same experts show nothing");
    }
  }
}
