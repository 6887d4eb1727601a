package dev.rocmforge.engine.hip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocmforge.engine.hip.ffi.DeviceFunctions;
import dev.rocmforge.engine.hip.ffi.HiprtcLibrary;
import dev.rocmforge.engine.hip.ffi.MemoryFunctions;
import dev.rocmforge.engine.hip.ffi.ModuleFunctions;
import dev.rocmforge.engine.hip.ffi.PropertiesLayout;
import dev.rocmforge.engine.hip.ffi.StandInFunctions;
import dev.rocmforge.engine.hip.ffi.StreamFunctions;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The C header, the Java bindings and the table of values from independent sources agree. The
 * table's numbers were taken by compilers from Debian's headers (HIP 5.2) and from a bindgen of HIP
 * 7.
 */
class AbiTest {
  private static final Path RUNTIMES = Emulation.root().resolve("kernels/runtimes");

  private record Row(String source, String kind, String name, String field, int number) {}

  private static List<Row> rows() {
    return Emulation.read(RUNTIMES.resolve("layouts.tsv"))
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("\t", -1))
        .map(c -> new Row(c[0], c[1], c[2], c[3], Integer.parseInt(c[4])))
        .toList();
  }

  private static String header() {
    return Emulation.read(RUNTIMES.resolve("hip_abi.h")).replaceAll("//[^\n]*", "");
  }

  @Test
  void javaLayoutsAreThoseOfTheTable() {
    Map<String, Integer> table = new HashMap<>();
    rows().forEach(row -> table.put(row.name() + "." + row.field(), row.number()));
    for (PropertiesLayout layout : PropertiesLayout.values()) {
      assertEquals(table.get(layout.struct() + "."), layout.bytes(), layout.struct());
      for (PropertiesLayout.Field field : PropertiesLayout.Field.values()) {
        String name = layout.struct() + "." + field;
        assertEquals(table.get(name), layout.offset(field), name);
      }
    }
  }

  @Test
  void cHeaderIsThatOfTheTable(@TempDir Path folder) throws IOException, InterruptedException {
    assumeTrue(Emulation.hasCompiler(), "no C++ compiler: the header cannot be checked");
    StringBuilder checks = new StringBuilder("#include \"hip_abi.h\"\n");
    for (Row row : rows()) {
      String value =
          switch (row.kind()) {
            case "size" -> "sizeof(" + row.name() + ")";
            case "offset" -> "offsetof(" + row.name() + ", " + row.field() + ")";
            case "value" -> "static_cast<int>(" + row.name() + ")";
            default -> throw new AssertionError(row);
          };
      checks.append("static_assert(%s == %d, \"%s\");\n".formatted(value, row.number(), row));
    }
    Path source = Files.writeString(folder.resolve("checks.cpp"), checks);
    Process process =
        new ProcessBuilder("c++", "-std=c++20", "-fsyntax-only", "-I" + RUNTIMES, source.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(rows().size() > 200, rows().size() + " rows");
  }

  @Test
  void everyValueOfTheHeaderIsInTheTable() {
    Map<String, Integer> table = new TreeMap<>();
    rows().stream()
        .filter(row -> row.kind().equals("value"))
        .forEach(row -> table.put(row.name(), row.number()));
    Matcher values = Pattern.compile("(?m)^\\s+(hip\\w+|HIP\\w+) = (\\d+),?$").matcher(header());
    int count = 0;
    while (values.find()) {
      assertEquals(table.get(values.group(1)), Integer.valueOf(values.group(2)), values.group(1));
      count++;
    }
    assertEquals(table.size(), count - unlisted(table));
  }

  /** Names of the table that the header's pattern does not meet: none. */
  private static int unlisted(Map<String, Integer> table) {
    return (int) table.keySet().stream().filter(name -> !header().contains(name)).count();
  }

  @Test
  void javaDeclaresTheFunctionsOfTheHeaderWithAsManyParameters() {
    Map<String, Integer> declared = new TreeMap<>();
    for (Class<?> group :
        List.of(
            DeviceFunctions.class,
            MemoryFunctions.class,
            StreamFunctions.class,
            ModuleFunctions.class,
            HiprtcLibrary.class,
            StandInFunctions.class)) {
      for (Method method : group.getDeclaredMethods()) {
        if (Modifier.isPublic(method.getModifiers()) && !method.getName().startsWith("has")) {
          declared.put(method.getName(), method.getParameterCount());
        }
      }
    }
    Map<String, Integer> listed = new TreeMap<>();
    Matcher functions =
        Pattern.compile("RF_API\\s+[\\w\\s*]+?(\\w+)\\(([^)]*)\\);").matcher(header());
    while (functions.find()) {
      String parameters = functions.group(2).strip();
      listed.put(functions.group(1), parameters.equals("void") ? 0 : parameters.split(",").length);
    }
    assertEquals(listed, declared);
  }
}
