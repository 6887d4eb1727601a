package dev.rocmforge.engine.model;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model file as the families read it: metadata keys under the architecture's prefix and tensors
 * with the shape they must have. Every miss is an {@link InputException} that names file, place and
 * both values. Borrows the file.
 */
public final class ModelSource {
  private final ModelFile file;
  private final String architecture;

  /**
   * @throws InputException if the file does not say what architecture it holds
   */
  public ModelSource(ModelFile file) {
    this.file = file;
    this.architecture =
        file.metadata()
            .text("general.architecture")
            .orElseThrow(() -> missing("general.architecture"));
  }

  /** {@code general.architecture}. */
  public String architecture() {
    return architecture;
  }

  /** {@code general.name}, or the architecture. */
  public String name() {
    return file.metadata().text("general.name").orElse(architecture);
  }

  /** A positive number under the architecture's prefix that must be there. */
  public int count(String key) {
    String full = architecture + "." + key;
    long value = file.metadata().integer(full).orElseThrow(() -> missing(full));
    return within(full, value, 1);
  }

  /** A number from 0 on under the architecture's prefix, or {@code other} when it is absent. */
  public int count(String key, int other) {
    String full = architecture + "." + key;
    var value = file.metadata().integer(full);
    return value.isPresent() ? within(full, value.getAsLong(), 0) : other;
  }

  /** A positive finite number under the architecture's prefix, or {@code other} when absent. */
  public double number(String key, double other) {
    String full = architecture + "." + key;
    double value = file.metadata().number(full).orElse(other);
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw refused(full, "a positive number", value);
    }
    return value;
  }

  /** A positive finite number under the architecture's prefix that must be there. */
  public double number(String key) {
    String full = architecture + "." + key;
    if (file.metadata().number(full).isEmpty()) {
      throw missing(full);
    }
    return number(key, 0);
  }

  /** A truth value under the architecture's prefix, or {@code other} when it is absent. */
  public boolean flag(String key, boolean other) {
    return file.metadata().flag(architecture + "." + key).orElse(other);
  }

  /** A text under the architecture's prefix. */
  public Optional<String> text(String key) {
    return file.metadata().text(architecture + "." + key);
  }

  /** Whether the file has a tensor of this name. */
  public boolean has(String tensor) {
    return file.tensor(tensor).isPresent();
  }

  /** A matrix of {@code rows} rows and {@code cols} columns that must be there. */
  public Tensor matrix(String tensor, long rows, int cols) {
    return tensor(tensor, List.of((long) cols, rows), rows, cols);
  }

  /** A stack of {@code count} matrices that must be there. */
  private Tensor stack(String tensor, int count, int rows, int cols) {
    return tensor(
        tensor, List.of((long) cols, (long) rows, (long) count), (long) count * rows, cols);
  }

  /** A matrix of a product, in any form. */
  public Matrix product(String tensor, long rows, int cols) {
    return file.compressed(tensor)
        .map(found -> fitting(found, List.of((long) cols, rows)))
        .orElseGet(() -> matrix(tensor, rows, cols));
  }

  /** A stack of {@code count} matrices of products, in any form. */
  public Matrix products(String tensor, int count, int rows, int cols) {
    return file.compressed(tensor)
        .map(found -> fitting(found, List.of((long) cols, (long) count * rows)))
        .orElseGet(() -> stack(tensor, count, rows, cols));
  }

  private Matrix fitting(Matrix found, List<Long> shape) {
    if (!List.of((long) found.cols(), found.rows()).equals(shape)) {
      throw new InputException(
          "%s: tensor %s: shape %s needed, [%d, %d] found"
              .formatted(file.path(), found.name(), shape, found.cols(), found.rows()));
    }
    return found;
  }

  /** A vector that must be there. */
  public Tensor vector(String tensor, int length) {
    return tensor(tensor, List.of((long) length), 1, length);
  }

  /** A vector that may be there. */
  public Optional<Tensor> optionalVector(String tensor, int length) {
    return has(tensor) ? Optional.of(vector(tensor, length)) : Optional.empty();
  }

  /** Number of rows of a matrix with {@code cols} columns whose height the file decides. */
  public int rows(String tensor, int cols) {
    List<Long> shape = found(tensor).shape();
    if (shape.size() != 2 || shape.get(0) != cols) {
      throw new InputException(
          "%s: tensor %s: shape [%d, any] needed, %s found"
              .formatted(file.path(), tensor, cols, shape));
    }
    return within("rows of tensor " + tensor, shape.get(1), 1);
  }

  /** The exception for a metadata value that does not fit. */
  public InputException refused(String key, String needed, Object found) {
    return new InputException(
        "%s: %s: %s needed, %s found".formatted(file.path(), key, needed, found));
  }

  private int within(String place, long value, int least) {
    if (value < least || value > Integer.MAX_VALUE - 8) {
      throw refused(place, least + " to " + (Integer.MAX_VALUE - 8), value);
    }
    return (int) value;
  }

  private InputException missing(String key) {
    return new InputException(
        "%s: metadata %s: a value needed, none found".formatted(file.path(), key));
  }

  private GgufTensor found(String tensor) {
    return file.tensor(tensor)
        .orElseThrow(
            () ->
                new InputException(
                    "%s: tensor %s: needed by architecture %s, not among the file's %d tensors"
                        .formatted(file.path(), tensor, architecture, file.tensors().size())));
  }

  private Tensor tensor(String name, List<Long> shape, long rows, int cols) {
    GgufTensor found = found(name);
    if (!trimmed(found.shape()).equals(trimmed(shape))) {
      throw new InputException(
          "%s: tensor %s: shape %s needed, %s found"
              .formatted(file.path(), name, shape, found.shape()));
    }
    if (cols % found.type().blockSize() != 0) {
      throw new InputException(
          "%s: tensor %s: rows of a multiple of %d weights needed by %s, rows of %d found"
              .formatted(file.path(), name, found.type().blockSize(), found.type(), cols));
    }
    long bytes = rows * found.type().bytes(cols);
    if (found.data().byteSize() < bytes) {
      throw new InputException(
          "%s: tensor %s: %d bytes needed, %d found"
              .formatted(file.path(), name, bytes, found.data().byteSize()));
    }
    return new Tensor(name, found.type(), rows, cols, found.data().asSlice(0, bytes));
  }

  /** Trailing dimensions of 1 say nothing: writers differ in whether they store them. */
  private static List<Long> trimmed(List<Long> shape) {
    List<Long> kept = new ArrayList<>(shape);
    while (kept.size() > 1 && kept.getLast() == 1) {
      kept.removeLast();
    }
    return kept;
  }
}
