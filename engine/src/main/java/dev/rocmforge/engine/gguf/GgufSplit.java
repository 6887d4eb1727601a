package dev.rocmforge.engine.gguf;

import dev.rocmforge.engine.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The split set that a file belongs to: {@code NAME-00001-of-00003.gguf} and its like, {@code
 * split.no} counting from 0 inside. The first file holds the model's metadata.
 */
final class GgufSplit {
  static final String COUNT = "split.count";
  static final String NUMBER = "split.no";
  static final String TENSORS = "split.tensors.count";
  private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");

  private final GgufShard opened;
  private final int count;

  private GgufSplit(GgufShard opened, int count) {
    this.opened = opened;
    this.count = count;
  }

  /**
   * @throws InputException if the file's own account of the set is inconsistent
   */
  static GgufSplit of(GgufShard shard) {
    OptionalLong count = shard.metadata().integer(COUNT);
    // Merging tools leave a count of 0 behind.
    if (count.isEmpty() || count.getAsLong() == 0) {
      return new GgufSplit(shard, 1);
    }
    if (count.getAsLong() < 0 || count.getAsLong() > 99_999) {
      throw wrong(shard.file(), COUNT, "1 to 99999", count.getAsLong());
    }
    return new GgufSplit(shard, (int) count.getAsLong());
  }

  /** The shards in order, the others parsed with {@code parse}. */
  List<GgufShard> complete(Function<Path, GgufShard> parse) {
    if (count == 1) {
      return List.of(opened);
    }
    String fileName = opened.file().getFileName().toString();
    Matcher name = NAME.matcher(fileName);
    if (!name.matches()) {
      throw new InputException(
          opened.file()
              + ": file name: NAME-00001-of-"
              + digits(count)
              + ".gguf needed as "
              + COUNT
              + " is "
              + count
              + ", "
              + fileName
              + " found");
    }
    if (Integer.parseInt(name.group(3)) != count) {
      throw wrong(opened.file(), COUNT, name.group(3) + " as in the file name", count);
    }
    List<GgufShard> shards = new ArrayList<>();
    long tensors = 0;
    for (int i = 0; i < count; i++) {
      Path file =
          opened
              .file()
              .resolveSibling(
                  name.group(1) + "-" + digits(i + 1) + "-of-" + digits(count) + ".gguf");
      GgufShard shard = file.equals(opened.file()) ? opened : parse.apply(file);
      check(shard, i, shards.isEmpty() ? shard : shards.getFirst());
      shards.add(shard);
      tensors += shard.tensors().size();
    }
    GgufShard first = shards.getFirst();
    long stated = needed(first, TENSORS);
    if (stated != tensors) {
      throw wrong(first.file(), TENSORS, tensors + " as in the " + count + " files", stated);
    }
    return shards;
  }

  /** A shard must state its place in the set and contradict nothing that the first one says. */
  private void check(GgufShard shard, int number, GgufShard first) {
    if (needed(shard, COUNT) != count) {
      throw wrong(shard.file(), COUNT, Integer.toString(count), needed(shard, COUNT));
    }
    if (needed(shard, NUMBER) != number) {
      throw wrong(shard.file(), NUMBER, Integer.toString(number), needed(shard, NUMBER));
    }
    for (Map.Entry<String, GgufValue> pair : shard.metadata().values().entrySet()) {
      GgufValue firstValue = first.metadata().values().get(pair.getKey());
      if (firstValue != null
          && !pair.getKey().equals(NUMBER)
          && !pair.getKey().equals(GgufShard.ALIGNMENT)
          && !firstValue.equals(pair.getValue())) {
        throw new InputException(
            shard.file()
                + ": metadata "
                + pair.getKey()
                + ": "
                + firstValue
                + " needed as in "
                + first.file()
                + ", "
                + pair.getValue()
                + " found");
      }
    }
  }

  private static long needed(GgufShard shard, String key) {
    return shard
        .metadata()
        .integer(key)
        .orElseThrow(
            () ->
                new InputException(
                    shard.file() + ": metadata " + key + ": needed in a split file, not there"));
  }

  private static String digits(int number) {
    return String.format("%05d", number);
  }

  private static InputException wrong(Path file, String key, String needed, long found) {
    return new InputException(
        file + ": metadata " + key + ": " + needed + " needed, " + found + " found");
  }
}
