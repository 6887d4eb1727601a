package dev.rocmforge.validation.kernel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * Cases like those of a list with other sizes and inputs, for a search that shall not depend on
 * what the list happens to combine. Rows, columns, positions and tokens are each drawn from those
 * that the list has for the path and wave (every one of them fits), tokens also from 1 to 8; inputs
 * from all classes. Constants stay, and so do cases that are about certain inputs.
 */
public final class KernelVariations {
  private static final List<String> SIZES = List.of("rows", "columns", "position", "tokens");
  private static final int TOKENS = 8;

  /** Products; beyond that a case keeps its own sizes, so that a search ends in minutes. */
  private static final double MOST_WORK = 1e6;

  /** Their sizes, or what they put into the inputs, are what they are about. */
  private static final List<String> FIXED = List.of("nan", "ties", "tiny", "RF_COLUMNS");

  private final Map<String, TreeSet<Integer>> seen = new HashMap<>();

  /** Sizes of a list. */
  public KernelVariations(List<KernelCase> list) {
    for (KernelCase one : list) {
      for (String size : SIZES) {
        Integer value = one.numbers().get(size);
        if (value != null) {
          seen.computeIfAbsent(key(one, size), key -> new TreeSet<>()).add(value);
        }
      }
    }
  }

  private static String key(KernelCase one, String size) {
    return one.path() + ":" + one.wave() + ":" + size;
  }

  /** One like it, drawn by its seed. */
  public KernelCase of(KernelCase one) {
    if (FIXED.stream().anyMatch(name -> one.constant(name, 0) != 0)) {
      return one;
    }
    SplittableRandom random = new SplittableRandom(one.seed() * 31 + one.path().hashCode());
    Map<String, Integer> numbers = new HashMap<>(one.numbers());
    for (String size : SIZES) {
      Set<Integer> values = seen.get(key(one, size));
      if (values == null || !numbers.containsKey(size)) {
        continue;
      }
      boolean any = size.equals("tokens") && random.nextBoolean();
      List<Integer> listed = List.copyOf(new TreeSet<>(values));
      numbers.put(
          size, any ? 1 + random.nextInt(TOKENS) : listed.get(random.nextInt(listed.size())));
    }
    InputClass[] classes = InputClass.values();
    InputClass drawn = classes[random.nextInt(classes.length)];
    // Keys beyond the range of f16 would make every score infinite.
    boolean spoilt = drawn == InputClass.EXTREMES && one.operation().startsWith("attention");
    InputClass inputs = spoilt ? InputClass.SIGNS : drawn;
    KernelCase other = new KernelCase(one.path(), numbers, one.wave(), inputs, one.seed());
    return other.work() <= MOST_WORK
        ? other
        : new KernelCase(one.path(), one.numbers(), one.wave(), inputs, one.seed());
  }
}
