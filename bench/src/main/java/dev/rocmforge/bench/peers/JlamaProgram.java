package dev.rocmforge.bench.peers;

import dev.rocmforge.engine.EnvironmentException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The program that runs Jlama, with its libraries: the Maven profile {@code peers} builds it, in a
 * module that nothing else depends on.
 */
public final class JlamaProgram {
  private static final String MAIN = "dev.rocmforge.peers.jlama.JlamaPeer";

  private final Path target;

  /**
   * @param root of the project
   */
  public JlamaProgram(Path root) {
    this.target = root.resolve("bench/jlama/target");
  }

  /**
   * What starts it, on the JVM that runs this.
   *
   * @throws EnvironmentException if it was not built
   */
  public List<String> command() {
    Path jar = target.resolve("jlama-peer.jar");
    Path libraries = target.resolve("lib");
    if (!Files.exists(jar) || !Files.isDirectory(libraries)) {
      throw new EnvironmentException(
          jar + ": not built; 'mvn -Ppeers -DskipTests package' in the project's folder does it");
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--add-modules",
        "jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        jar + File.pathSeparator + libraries.resolve("*"),
        MAIN);
  }
}
