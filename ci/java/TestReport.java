import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Sums Surefire's reports, lists every skipped test with its reason, and decides whether the skips
 * are acceptable.
 *
 * <p>Arguments: {@code [--since INSTANT] [--skips list|hardware|fail] [--quiet] [--total] DIR...}.
 * Reports older than {@code --since} belong to an earlier build and are left out. A skip without a
 * reason always fails; with {@code --skips fail} every skip does, with {@code --skips hardware}
 * every one whose reason does not start with {@code no GPU}, {@code no AMD GPU} or {@code no NVIDIA
 * GPU} and does not say that its data is left out of the project for its size. {@code --quiet}
 * prints nothing when no test was skipped; {@code --total} prints the plain line {@code N passed, N
 * failed, N skipped} last. Exit code 1 for unacceptable skips, 2 for usage.
 */
public final class TestReport {
  private final Map<String, List<String>> skippedByReason = new TreeMap<>();
  private int run;
  private int failed;
  private int skipped;

  public static void main(String[] arguments) throws IOException {
    Instant since = Instant.EPOCH;
    String skips = "list";
    boolean quiet = false;
    boolean total = false;
    List<Path> folders = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--since" -> since = Instant.parse(arguments[++i]);
        case "--skips" -> skips = arguments[++i];
        case "--quiet" -> quiet = true;
        case "--total" -> total = true;
        default -> folders.add(Path.of(arguments[i]));
      }
    }
    if (!List.of("list", "hardware", "fail").contains(skips)) {
      System.err.println("rocmforge.skips: list, hardware or fail needed, '" + skips + "' given");
      System.exit(2);
    }
    TestReport report = new TestReport();
    for (Path folder : folders) {
      report.add(folder, since);
    }
    System.exit(report.print(skips, quiet, total));
  }

  private void add(Path folder, Instant since) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        boolean report = name.startsWith("TEST-") && name.endsWith(".xml");
        if (report && !Files.getLastModifiedTime(file).toInstant().isBefore(since)) {
          addReport(file);
        }
      }
    }
  }

  private void addReport(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      NodeList cases =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(in)
              .getElementsByTagName("testcase");
      for (int i = 0; i < cases.getLength(); i++) {
        addCase((Element) cases.item(i));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    } catch (SAXException | ParserConfigurationException e) {
      throw new IllegalStateException(file + ": not a test report: " + e.getMessage(), e);
    }
  }

  private void addCase(Element test) {
    run++;
    if (test.getElementsByTagName("failure").getLength() > 0
        || test.getElementsByTagName("error").getLength() > 0) {
      failed++;
    }
    Element skip = (Element) test.getElementsByTagName("skipped").item(0);
    if (skip != null) {
      skipped++;
      String reason = reason(skip);
      String name = test.getAttribute("name");
      String where = test.getAttribute("classname") + (name.isEmpty() ? "" : "#" + name);
      skippedByReason.computeIfAbsent(reason, r -> new ArrayList<>()).add(where);
    }
  }

  /** The message, or where Surefire gives none the first line of the trace. */
  private static String reason(Element skip) {
    String message = skip.getAttribute("message");
    String words =
        message.isBlank() ? skip.getTextContent().strip().lines().findFirst().orElse("") : message;
    return words
        .strip()
        .replaceAll("\\s+", " ")
        .replaceFirst("^org\\.opentest4j\\.TestAbortedException: ", "");
  }

  private int print(String skips, boolean quiet, boolean total) {
    boolean unexplained = skippedByReason.keySet().stream().anyMatch(TestReport::saysNothing);
    if (skipped > 0 || !quiet) {
      System.out.println("Skipped tests: " + skipped);
    }
    skippedByReason.forEach(
        (reason, tests) -> {
          String why = saysNothing(reason) ? "NO REASON GIVEN" : reason;
          System.out.println("  " + tests.size() + " x " + why);
          tests.stream().limit(5).forEach(test -> System.out.println("      " + test));
          if (tests.size() > 5) {
            System.out.println("      and " + (tests.size() - 5) + " more");
          }
        });
    if (unexplained) {
      System.out.println("A skipped test must say why: give its assumption a message.");
    }
    boolean unacceptable =
        skippedByReason.keySet().stream().anyMatch(reason -> !accepts(skips, reason));
    if (unacceptable) {
      System.out.println("Skips count as failures here (-Drocmforge.skips=" + skips + ").");
    }
    if (total) {
      int passed = run - failed - skipped;
      System.out.println(passed + " passed, " + failed + " failed, " + skipped + " skipped");
    }
    return unexplained || unacceptable ? 1 : 0;
  }

  private static boolean accepts(String skips, String reason) {
    return switch (skips) {
      case "list" -> true;
      case "hardware" ->
          reason.matches("(.*: )?no (AMD |NVIDIA )?GPU\\b.*")
              || reason.contains("left out of the project for its size");
      default -> false;
    };
  }

  /** JUnit's own words for an assumption without a message tell nobody anything. */
  private static boolean saysNothing(String reason) {
    return reason.isEmpty()
        || reason.matches("(org\\.opentest4j\\.TestAbortedException: )?(Assumption failed: )?")
        || reason.matches("Assumption failed: assumption is not (true|false)");
  }
}
