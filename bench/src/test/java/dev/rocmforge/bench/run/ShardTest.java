package dev.rocmforge.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardTest {
  /** Every piece is in exactly one part, in order, and no part has two more than another. */
  @Test
  void partsAreEvenAndMakeTheWhole() {
    for (int pieces = 0; pieces <= 13; pieces++) {
      List<Integer> all = IntStream.range(0, pieces).boxed().toList();
      for (int count = 1; count <= 16; count++) {
        List<Integer> together = new ArrayList<>();
        int least = pieces;
        int most = 0;
        for (int index = 1; index <= count; index++) {
          List<Integer> part = new Shard(index, count).part(all);
          assertEquals(part.stream().sorted().toList(), part);
          together.addAll(part);
          least = Math.min(least, part.size());
          most = Math.max(most, part.size());
        }
        Collections.sort(together);
        assertEquals(all, together);
        assertTrue(most - least <= 1, pieces + " in " + count);
      }
    }
  }

  @Test
  void isReadAsItIsWritten() {
    assertEquals(new Shard(2, 5), Shard.of("2/5"));
    assertEquals("2/5", new Shard(2, 5).toString());
    assertEquals(List.of("x"), Shard.WHOLE.part(List.of("x")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0/3", "4/3", "1/0", "1", "/", "-1/2", "1/2/3", "a/b", "1 / 2", "9999999999/2"})
  void whatIsNoPartIsRefused(String text) {
    assertTrue(
        assertThrows(InputException.class, () -> Shard.of(text)).getMessage().contains(text));
  }
}
