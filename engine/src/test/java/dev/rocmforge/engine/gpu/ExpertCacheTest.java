package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ExpertCacheTest {
  /** Against a list in the order of use. */
  @Test
  void theOneNotUsedForLongestGivesWay() {
    Random random = new Random(7);
    for (int slots : new int[] {1, 2, 5, 9}) {
      ExpertCache cache = new ExpertCache(12, slots);
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        int expert = random.nextInt(12);
        cache.turn();
        boolean there = order.removeIf(other -> other == expert);
        assertEquals(there, cache.use(expert) != ExpertCache.NONE);
        if (!there) {
          int before = order.size() == slots ? cache.slot(order.getFirst()) : ExpertCache.NONE;
          int slot = cache.admit(expert);
          if (order.size() == slots) {
            assertEquals(before, slot);
            assertEquals(ExpertCache.NONE, cache.slot(order.removeFirst()));
          }
        }
        order.add(expert);
        long distinct = order.stream().map(cache::slot).distinct().count();
        assertEquals(order.size(), distinct);
      }
    }
  }

  @Test
  void expertsOfOneTurnStay() {
    ExpertCache cache = new ExpertCache(6, 2);
    int first = cache.admit(0);
    assertEquals(1, first + cache.admit(1));
    assertEquals(ExpertCache.NONE, cache.admit(2));
    cache.turn();
    assertEquals(first, cache.use(0));
    assertEquals(1 - first, cache.admit(2));
    assertEquals(ExpertCache.NONE, cache.admit(3));
    assertEquals(ExpertCache.NONE, cache.slot(1));
  }
}
