package dev.rocmforge.validation.mutant;

import dev.rocmforge.engine.EnvironmentException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Makes the copies that faults are planted in: kernel folders, and compiled references. */
final class Workshop {
  private final Path project;

  Workshop(Path project) {
    this.project = project;
  }

  /** A copy of the kernels' sources with the fault. */
  Path kernels(Mutant mutant, Path folder) throws IOException {
    Path from = project.resolve("kernels");
    String planted = mutant.planted(Files.readString(project.resolve(mutant.file())));
    try (Stream<Path> files = Files.walk(from, 2)) {
      for (Path file : files.filter(f -> f.toString().matches(".*\\.(h|hip)")).toList()) {
        Path target = folder.resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    Files.writeString(folder.resolve(from.relativize(project.resolve(mutant.file()))), planted);
    return folder;
  }

  /**
   * The class with the fault, compiled, to come first on the class path.
   *
   * @throws IOException with the compiler's words
   */
  Path reference(Mutant mutant, Path folder) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new EnvironmentException(
          "a fault in a reference needs a JDK to compile it, and this Java has no compiler");
    }
    Path source = folder.resolve(Path.of(mutant.file()).getFileName());
    Files.writeString(source, mutant.planted(Files.readString(project.resolve(mutant.file()))));
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "-d",
              Files.createDirectory(folder.resolve("classes")).toString(),
              "-cp",
              System.getProperty("java.class.path"),
              "-proc:none",
              "--add-modules",
              "jdk.incubator.vector");
      boolean compiled =
          compiler
              .getTask(said, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      if (!compiled) {
        throw new IOException("does not compile: " + said);
      }
    }
    return folder.resolve("classes");
  }
}
