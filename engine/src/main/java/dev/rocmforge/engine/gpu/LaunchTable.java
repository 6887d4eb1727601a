package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.quant.QuantType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The launch shapes of {@code kernels/tuning/launch.tsv} for one architecture. The first line that
 * fits counts; where none does, the kernels' own shape.
 */
final class LaunchTable implements LaunchShapes {
  private static final String HEADER =
      "arch\tkernel\trows_from\trows_to\tcolumns_from\tcolumns_to\trows\tshare\tthreads\tverdict";

  /** A line; limits are inclusive. */
  private record Line(
      Pattern kernel, int rowsFrom, int rowsTo, int columnsFrom, int columnsTo, LaunchShape shape) {
    boolean fits(String path, int rows, int columns) {
      return rowsFrom <= rows
          && rows <= rowsTo
          && columnsFrom <= columns
          && columns <= columnsTo
          && kernel.matcher(path).matches();
    }
  }

  private final List<Line> lines;

  private LaunchTable(List<Line> lines) {
    this.lines = List.copyOf(lines);
  }

  /**
   * @param root the folder that holds {@code kernels}
   * @throws EnvironmentException if the table is damaged
   */
  static LaunchTable read(Path root, String architecture) {
    Path file = root.resolve("kernels/tuning/launch.tsv");
    List<String> texts;
    try {
      texts = Files.readAllLines(file).stream().filter(text -> !text.startsWith("#")).toList();
    } catch (IOException e) {
      throw new EnvironmentException(file + ": cannot be read", e);
    }
    if (texts.isEmpty() || !texts.getFirst().equals(HEADER)) {
      throw new EnvironmentException(
          "%s: header %s needed, %s found"
              .formatted(file, HEADER, texts.isEmpty() ? "nothing" : texts.getFirst()));
    }
    List<Line> lines = new ArrayList<>();
    for (String text : texts.subList(1, texts.size())) {
      String[] fields = text.split("\t", -1);
      if (glob(fields[0]).matcher(architecture).matches()) {
        lines.add(line(file, text, fields));
      }
    }
    return new LaunchTable(lines);
  }

  private static Line line(Path file, String text, String[] fields) {
    try {
      int threads = Integer.parseInt(fields[8]);
      int share = Integer.parseInt(fields[7]);
      return new Line(
          glob(fields[1]),
          limit(fields[2], 0),
          limit(fields[3], Integer.MAX_VALUE),
          limit(fields[4], 0),
          limit(fields[5], Integer.MAX_VALUE),
          new LaunchShape(threads, share, Integer.parseInt(fields[6]), false));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new EnvironmentException(file + ": ten fields with numbers needed: " + text, e);
    }
  }

  private static int limit(String field, int none) {
    return field.equals("-") ? none : Integer.parseInt(field);
  }

  /** {@code *} stands for anything but a slash, brackets for one of their characters. */
  private static Pattern glob(String glob) {
    return Pattern.compile(glob.replace(".", "\\.").replace("*", "[^/]*"));
  }

  @Override
  public LaunchShape shape(String operation, QuantType type, int rows, int columns) {
    return first(PlaneLayout.folder(type) + "/" + operation, rows, columns)
        .orElseGet(() -> DEFAULT.shape(operation, type, rows, columns));
  }

  @Override
  public LaunchShape attention(int group, int headSize) {
    return first(AttentionLaunches.DECODE, group, headSize)
        .orElseGet(() -> DEFAULT.attention(group, headSize));
  }

  private Optional<LaunchShape> first(String path, int rows, int columns) {
    return lines.stream()
        .filter(line -> line.fits(path, rows, columns))
        .map(Line::shape)
        .findFirst();
  }
}
