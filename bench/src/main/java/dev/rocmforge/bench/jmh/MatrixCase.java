package dev.rocmforge.bench.jmh;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.synthetic.ModelShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A matrix of some type, written {@code Q4_0:4864x896}: rows (outputs), then columns.
 *
 * @param columns a whole number of blocks
 */
record MatrixCase(QuantType type, int rows, int columns) {
  private static final Pattern FORM = Pattern.compile("(\\w+):(\\d{1,7})x(\\d{1,7})");

  /**
   * Every type with every matrix of the shared list of model shapes whose rows are whole numbers of
   * its blocks.
   */
  static List<MatrixCase> all() {
    Set<List<Integer>> sizes = new LinkedHashSet<>();
    ModelShape.all().forEach(shape -> sizes.addAll(sizes(shape)));
    List<MatrixCase> cases = new ArrayList<>();
    for (QuantType type : QuantType.values()) {
      for (List<Integer> size : sizes) {
        if (size.getLast() % type.blockSize() == 0) {
          cases.add(new MatrixCase(type, size.getFirst(), size.getLast()));
        }
      }
    }
    return cases;
  }

  private static List<List<Integer>> sizes(ModelShape shape) {
    int queries = shape.heads() * shape.headDim();
    return List.of(
        List.of(queries, shape.hidden()),
        List.of(shape.kvHeads() * shape.headDim(), shape.hidden()),
        List.of(shape.hidden(), queries),
        List.of(shape.feedForward(), shape.hidden()),
        List.of(shape.hidden(), shape.feedForward()));
  }

  /** One small matrix of each type, with rows that no tile divides. */
  static Stream<MatrixCase> small() {
    return Arrays.stream(QuantType.values()).map(type -> new MatrixCase(type, 37, 512));
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws InputException if it is none
   */
  static MatrixCase of(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()
        || Arrays.stream(QuantType.values()).noneMatch(t -> t.name().equals(parts.group(1)))) {
      throw new InputException("matrix: TYPE:ROWSxCOLUMNS needed, '" + text + "' given");
    }
    QuantType type = QuantType.valueOf(parts.group(1));
    int columns = Integer.parseInt(parts.group(3));
    if (columns == 0 || columns % type.blockSize() != 0) {
      throw new InputException(
          "matrix: whole blocks of %d needed, '%s' given".formatted(type.blockSize(), text));
    }
    return new MatrixCase(type, Integer.parseInt(parts.group(2)), columns);
  }

  long bytes() {
    return rows * type.bytes(columns);
  }

  @Override
  public String toString() {
    return type + ":" + rows + "x" + columns;
  }
}
