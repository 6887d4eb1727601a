package dev.rocmforge.bench.pareto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.convert.TensorForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GreedyPathTest {
  private static final List<String> WORDS = List.of("kept", "Q8_0", "Q5_0", "Q4_0", "csr0.1");

  private static List<TensorCosts> tensors(long seed) {
    Random random = new Random(seed);
    List<TensorCosts> tensors = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      List<TensorCosts.Cost> costs = new ArrayList<>();
      for (int i = 0; i < WORDS.size(); i++) {
        long bytes = i == 0 ? 100 : 10 + random.nextInt(89);
        costs.add(
            new TensorCosts.Cost(
                TensorForm.parse(WORDS.get(i)), bytes, i == 0 ? 0 : random.nextDouble()));
      }
      tensors.add(new TensorCosts("t" + t, costs));
    }
    return tensors;
  }

  /** The least loss of all choices of at most so many bytes. */
  private static double least(List<TensorCosts> tensors, int from, long bytes) {
    if (from == tensors.size()) {
      return bytes >= 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    double least = Double.POSITIVE_INFINITY;
    for (TensorCosts.Cost cost : tensors.get(from).costs()) {
      least = Math.min(least, cost.loss() + least(tensors, from + 1, bytes - cost.bytes()));
    }
    return least;
  }

  @Test
  void nothingOfAsFewBytesLosesLess() {
    for (long seed = 0; seed < 10; seed++) {
      List<TensorCosts> tensors = tensors(seed);
      GreedyPath path = new GreedyPath(7, tensors);
      assertEquals(407, path.sourceBytes());
      long before = 407;
      for (long bytes = 406; bytes >= 7; bytes--) {
        GreedyPath.Choice choice = path.within(bytes);
        assertEquals(least(tensors, 0, choice.bytes() - 7), choice.loss(), 1e-9, "seed " + seed);
        assertTrue(choice.bytes() <= before);
        before = choice.bytes();
        long sum = 7;
        for (TensorCosts tensor : tensors) {
          TensorForm form = choice.forms().getOrDefault(tensor.name(), TensorForm.parse("kept"));
          sum +=
              tensor.costs().stream()
                  .filter(c -> c.form().equals(form))
                  .findFirst()
                  .orElseThrow()
                  .bytes();
        }
        assertEquals(sum, choice.bytes());
      }
    }
  }

  @Test
  void theEndIsWhereTheLossWouldBeMore() {
    GreedyPath path = new GreedyPath(0, tensors(3));
    long bytes = path.bytesAt(0.7);
    assertTrue(path.within(bytes).loss() <= 0.7);
    assertTrue(path.within(bytes - 1).loss() > 0.7);
    assertEquals(path.sourceBytes(), path.bytesAt(0));
  }
}
