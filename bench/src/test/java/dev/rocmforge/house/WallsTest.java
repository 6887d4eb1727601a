package dev.rocmforge.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every wall stands, and every wall falls on a class made to break it. */
class WallsTest {
  private static final Pattern TARGET = Pattern.compile("new (dev\\.rocmforge[a-z.]*)\\.Target");

  @TempDir private static Path folder;
  private static JavaClasses project;

  static Stream<Wall> walls() {
    return Walls.all();
  }

  @BeforeAll
  static void compilePlantedClasses() throws IOException {
    project =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.rocmforge");
    List<String> command =
        new ArrayList<>(List.of("-proc:none", "-nowarn", "--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    Set<String> targets = new TreeSet<>();
    int number = 0;
    for (Wall wall : Walls.all().toList()) {
      Matcher target = TARGET.matcher(wall.plantedBody());
      if (target.find()) {
        targets.add(target.group(1));
      }
      String name = "Planted" + number++;
      command.add(write(name, wall.plantedSource().replace("class Planted", "class " + name)));
    }
    for (String target : targets) {
      String source = "package " + target + ";\npublic class Target {}\n";
      command.add(write(target + "/Target", source));
    }
    command.addAll(List.of("-d", folder.resolve("classes").toString()));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    Iterable<String> files = command.stream().filter(a -> a.endsWith(".java")).toList();
    try (var manager = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
      List<String> options = command.stream().filter(a -> !a.endsWith(".java")).toList();
      var sources = manager.getJavaFileObjectsFromStrings(files);
      boolean compiled = compiler.getTask(errors, manager, null, options, null, sources).call();
      assertTrue(compiled, errors::toString);
    }
  }

  private static String write(String name, String source) throws IOException {
    Path file = folder.resolve("sources").resolve(name + ".java");
    Files.createDirectories(file.getParent());
    return Files.writeString(file, source).toString();
  }

  @Test
  void theProjectIsSeen() {
    List<String> modules = List.of("engine", "reports", "bench");
    for (String module : modules) {
      assertTrue(
          project.stream().anyMatch(c -> c.getPackageName().startsWith(Wall.ROOT + module)),
          () -> "no class of " + module + " was read");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("walls")
  void stands(Wall wall) {
    wall.rule().check(project);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("walls")
  void fallsOnAPlantedViolation(Wall wall) {
    int number = Walls.all().map(Wall::name).toList().indexOf(wall.name());
    String path = wall.plantedPackage().replace('.', '/') + "/Planted" + number + ".class";
    JavaClasses planted =
        new ClassFileImporter().importPath(folder.resolve("classes").resolve(path));
    assertEquals(1, planted.size());
    assertTrue(wall.rule().evaluate(planted).hasViolation());
  }
}
