package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.quant.QuantType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The launch shapes of {@code kernels/tuning/launch.tsv} for one architecture. The first line that
 * fits counts; where none does, the kernels' own shape.
 */
final class LaunchTable implements LaunchShapes {
  private static final int FIELDS = 7;

  private record Line(String kernel, int rows, int columns, LaunchShape shape) {
    boolean fits(String path, int ofRows, int ofColumns) {
      boolean named =
          kernel.startsWith("*/") ? path.endsWith(kernel.substring(1)) : path.equals(kernel);
      return named && ofRows >= rows && ofColumns >= columns;
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
    List<Line> lines = new ArrayList<>();
    try {
      boolean header = true;
      for (String text : Files.readAllLines(file)) {
        if (text.startsWith("#") || text.isBlank()) {
          continue;
        }
        String[] fields = text.split("\t", -1);
        if (!header && architecture.startsWith(fields[0])) {
          lines.add(line(file, text, fields));
        }
        header = false;
      }
    } catch (IOException e) {
      throw new EnvironmentException(file + ": cannot be read", e);
    }
    return new LaunchTable(lines);
  }

  private static Line line(Path file, String text, String[] fields) {
    try {
      if (fields.length == FIELDS) {
        int threads = Integer.parseInt(fields[4]);
        int share = Integer.parseInt(fields[5]);
        var shape = new LaunchShape(threads, share, Integer.parseInt(fields[6]), false);
        return new Line(fields[1], Integer.parseInt(fields[2]), Integer.parseInt(fields[3]), shape);
      }
    } catch (NumberFormatException e) {
      throw new EnvironmentException(file + ": numbers needed: " + text, e);
    }
    throw new EnvironmentException(
        "%s: %d fields needed, %d found: %s".formatted(file, FIELDS, fields.length, text));
  }

  @Override
  public LaunchShape shape(String operation, QuantType type, int rows, int columns) {
    String path = PlaneLayout.folder(type) + "/" + operation;
    for (Line line : lines) {
      if (line.fits(path, rows, columns)) {
        return line.shape();
      }
    }
    return DEFAULT.shape(operation, type, rows, columns);
  }
}
