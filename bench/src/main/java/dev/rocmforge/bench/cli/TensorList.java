package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** {@code --list-tensors}: name, type and shape of every tensor, sorted by name. */
final class TensorList {
  private static final int RULE = 80;

  private TensorList() {}

  static int print(Path file, PrintWriter out) {
    try (GgufFile gguf = GgufFile.open(file)) {
      out.printf("%-45s%-20s%s%n", "NAME", "TYPE", "SHAPE");
      out.println("-".repeat(RULE));
      List<GgufTensor> tensors =
          gguf.tensors().stream().sorted(Comparator.comparing(GgufTensor::name)).toList();
      for (GgufTensor tensor : tensors) {
        out.printf("%-45s%-20s%s%n", tensor.name(), tensor.type(), tensor.shape());
      }
      out.println();
      out.println("Total: " + tensors.size() + " tensors");
    }
    return ExitCode.DONE.code();
  }
}
