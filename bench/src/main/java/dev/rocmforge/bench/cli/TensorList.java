package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.ModelFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** {@code --list-tensors}: name, type and shape of every tensor, sorted by name. */
final class TensorList {
  private static final int RULE = 80;

  private TensorList() {}

  static int print(Path file, PrintWriter out) {
    try (ModelFile model = ModelFile.open(file)) {
      out.printf("%-45s%-20s%s%n", "NAME", "TYPE", "SHAPE");
      out.println("-".repeat(RULE));
      List<ModelFile.Entry> tensors =
          model.entries().stream().sorted(Comparator.comparing(ModelFile.Entry::name)).toList();
      for (ModelFile.Entry tensor : tensors) {
        out.printf("%-45s%-20s%s%n", tensor.name(), tensor.encoding(), tensor.shape());
      }
      out.println();
      out.println("Total: " + tensors.size() + " tensors");
    }
    return ExitCode.DONE.code();
  }
}
