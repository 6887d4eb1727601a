package dev.rocmforge.engine.gpu;

import java.util.ArrayList;
import java.util.List;

/**
 * A kernel and the constants it is compiled with.
 *
 * @param path file below {@code kernels} without its ending: {@code q4_0/gemv}
 * @param function C name
 * @param constants {@code -DNAME=value}, in the order given
 */
public record KernelId(String path, String function, List<String> constants) {
  public KernelId {
    constants = List.copyOf(constants);
  }

  /** A kernel whose function is named like its file. */
  public static KernelId of(String path) {
    return of(path, path.substring(path.lastIndexOf('/') + 1));
  }

  public static KernelId of(String path, String function) {
    return new KernelId(path, function, List.of());
  }

  /** With one more constant. */
  public KernelId with(String name, int value) {
    List<String> more = new ArrayList<>(constants);
    more.add("-D" + name + "=" + value);
    return new KernelId(path, function, more);
  }

  /** The unit of compilation: all functions of a file with the same constants. */
  KernelId module() {
    return new KernelId(path, "", constants);
  }

  @Override
  public String toString() {
    return path + ":" + function + (constants.isEmpty() ? "" : " " + String.join(" ", constants));
  }
}
