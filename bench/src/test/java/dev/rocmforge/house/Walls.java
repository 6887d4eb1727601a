package dev.rocmforge.house;

import static dev.rocmforge.house.Wall.arrow;
import static dev.rocmforge.house.Wall.onlyIn;
import static dev.rocmforge.house.Wall.without;

import java.util.List;
import java.util.stream.Stream;

/**
 * The one list of walls: modules, packages inside them, libraries, and what a library never does.
 */
final class Walls {
  private static final List<String> LIBRARIES = List.of("engine", "reports", "validation");
  private static final List<String> EVERYTHING =
      List.of("engine", "reports", "validation", "bench");

  private Walls() {}

  static Stream<Wall> all() {
    return Stream.of(modules(), engine(), reports(), libraries(), conduct()).flatMap(s -> s);
  }

  private static Stream<Wall> modules() {
    return Stream.of(
        arrow("engine", "reports"),
        arrow("engine", "validation"),
        arrow("engine", "bench"),
        arrow("reports", "engine"),
        arrow("reports", "validation"),
        arrow("reports", "bench"),
        arrow("validation", "bench"));
  }

  private static Stream<Wall> engine() {
    Stream<Wall> formats =
        Stream.of("engine.quant", "engine.gguf", "engine.rfm")
            .flatMap(
                format ->
                    Stream.of("tokenizer", "sampling", "session", "speculative", "route")
                        .map(user -> arrow(format, "engine." + user)));
    Stream<Wall> machines =
        Stream.of("quant", "gguf", "rfm", "tokenizer", "sampling")
            .flatMap(
                low ->
                    Stream.of("cpu", "hip", "gpu")
                        .map(machine -> arrow("engine." + low, "engine." + machine)));
    Stream<Wall> devices =
        Stream.of(
            arrow("engine.cpu.scalar", "engine.cpu.vector"),
            arrow("engine.cpu", "engine.hip"),
            arrow("engine.cpu", "engine.gpu"),
            arrow("engine.hip", "engine.cpu"),
            arrow("engine.hip", "engine.gpu"),
            arrow("engine.hip", "engine.model"),
            arrow("engine.hip", "engine.quant"),
            arrow("engine.hip", "engine.gguf"),
            arrow("engine.route", "engine.cpu"),
            arrow("engine.route", "engine.hip.ffi"));
    return Stream.of(formats, machines, devices).flatMap(s -> s);
  }

  private static Stream<Wall> reports() {
    return Stream.of("record", "stats")
        .flatMap(
            low ->
                Stream.of("store", "format", "chart")
                    .map(user -> arrow("reports." + low, "reports." + user)));
  }

  private static Stream<Wall> libraries() {
    return Stream.of(
        onlyIn(
            "engine.cpu.vector",
            "jdk\\.incubator\\.vector\\..*",
            "  Object species = jdk.incubator.vector.FloatVector.SPECIES_PREFERRED;"),
        onlyIn(
            "engine.hip.ffi",
            "java\\.lang\\.foreign\\.(Linker|SymbolLookup).*",
            "  Object linker = java.lang.foreign.Linker.nativeLinker();"),
        onlyIn(
            "reports.chart",
            "org\\.jfree\\..*",
            "  Object data = new org.jfree.data.xy.XYSeriesCollection();"),
        onlyIn(
            "bench.cli", "picocli\\..*", "  Object line = new picocli.CommandLine(new Object());"),
        onlyIn(
            "nowhere",
            "(java\\.util\\.logging|sun\\.misc|jdk\\.internal)\\..*",
            "  Object log = java.util.logging.Logger.getLogger(\"\");"));
  }

  private static Stream<Wall> conduct() {
    return Stream.of(
        without(
            "a library never prints",
            LIBRARIES,
            List.of(
                "java.lang.System.out",
                "java.lang.System.err",
                "java.lang.System.in",
                "java.lang.Throwable.printStackTrace"),
            "  void say() { System.out.println(1); }"),
        without(
            "a library never exits",
            LIBRARIES,
            List.of("java.lang.System.exit", "java.lang.Runtime.exit", "java.lang.Runtime.halt"),
            "  void leave() { System.exit(1); }"),
        without(
            "the engine knows no clock",
            List.of("engine"),
            List.of(
                "java.lang.System.nanoTime",
                "java.lang.System.currentTimeMillis",
                "java.time.Instant.now"),
            "  long now = System.nanoTime();"),
        without(
            "nobody loads native code past the bindings",
            EVERYTHING,
            List.of(
                "java.lang.System.load",
                "java.lang.System.loadLibrary",
                "java.lang.Runtime.load",
                "java.lang.Runtime.loadLibrary"),
            "  void load() { System.loadLibrary(\"x\"); }"),
        without(
            "memory has an owner",
            EVERYTHING,
            List.of("java.lang.foreign.Arena.ofAuto"),
            "  Object arena = java.lang.foreign.Arena.ofAuto();"));
  }
}
