package dev.rocmforge.bench.run;

import dev.rocmforge.engine.InputException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * One machine's part of a list of work: every {@code count}-th piece from the {@code index}-th on.
 * The same list gives the same parts everywhere, each piece is in exactly one, and their sizes
 * differ by one at most.
 *
 * @param index from 1
 * @param count of parts
 */
public record Shard(int index, int count) {
  /** The only part there is. */
  public static final Shard WHOLE = new Shard(1, 1);

  private static final Pattern FORM = Pattern.compile("(\\d{1,9})/(\\d{1,9})");

  public Shard {
    if (index < 1 || index > count) {
      throw new InputException(
          "shard: I/N with I from 1 to N needed, " + index + "/" + count + " given");
    }
  }

  /**
   * Reads {@code 2/5}: the second of five.
   *
   * @throws InputException if it is none
   */
  public static Shard of(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new InputException("shard: I/N such as 2/5 needed, '" + text + "' given");
    }
    return new Shard(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
  }

  /** The pieces of this part, in the order of the list; none where there are more parts. */
  public <T> List<T> part(List<T> all) {
    return IntStream.range(0, all.size())
        .filter(i -> i % count == index - 1)
        .mapToObj(all::get)
        .toList();
  }

  @Override
  public String toString() {
    return index + "/" + count;
  }
}
