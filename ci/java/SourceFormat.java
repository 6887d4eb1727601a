import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs google-java-format over the project's sources on the JDK that runs this program, because a
 * Maven on an older JVM cannot parse Java 25 itself.
 *
 * <p>Arguments: {@code check|apply FORMATTER.jar ROOT}. {@code check} lists the files that differ
 * from the formatter's output and exits 1 when there is one; {@code apply} rewrites them.
 */
public final class SourceFormat {
  private static final List<String> FOLDERS =
      List.of("engine/src", "reports/src", "validation/src", "bench/src", "ci/java");

  private SourceFormat() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 3 || !List.of("check", "apply").contains(arguments[0])) {
      System.err.println("usage: SourceFormat check|apply FORMATTER.jar ROOT");
      System.exit(2);
    }
    boolean check = arguments[0].equals("check");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command =
        new ArrayList<>(List.of(java.toString(), "-XX:+UseSerialGC", "-jar", arguments[1]));
    command.addAll(check ? List.of("--dry-run", "--set-exit-if-changed") : List.of("--replace"));
    List<String> sources = sources(Path.of(arguments[2]));
    command.addAll(sources);
    int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (exit != 0 && check) {
      System.err.println("The files above are not formatted: run ci/format.");
    }
    System.out.println(sources.size() + " source files: format " + (exit == 0 ? "ok" : "differs"));
    System.exit(exit == 0 ? 0 : 1);
  }

  private static List<String> sources(Path root) throws IOException {
    List<String> sources = new ArrayList<>();
    for (String folder : FOLDERS) {
      try (Stream<Path> files = Files.walk(root.resolve(folder))) {
        files.map(Path::toString).filter(f -> f.endsWith(".java")).sorted().forEach(sources::add);
      }
    }
    return sources;
  }
}
