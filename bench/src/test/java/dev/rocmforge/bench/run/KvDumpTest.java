package dev.rocmforge.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.gpu.Choice;
import dev.rocmforge.engine.gpu.GpuBackend;
import dev.rocmforge.engine.gpu.GpuOptions;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.engine.session.KvReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KvDumpTest {
  private static final Path MODEL = Path.of("../datasets/models/lexicon-tiny-q4_0.gguf");
  private static final int[] PROMPT = {17, 350, 99, 4000, 12, 7, 801, 3, 56};

  /** What logits of the GPU path in floats may differ by; the same goes for its cache. */
  private static final double FLOAT_BOUND = 1e-4;

  @TempDir private Path folder;

  private KvDistance dumped(Backend backend, KvType type, Path file) {
    try (Model model = Model.open(MODEL);
        Session session =
            backend.open(model, SessionOptions.DEFAULT.withContextLength(32).withKvType(type))) {
      session.prefill(PROMPT);
      KvReader cache = session.keyValues().orElseThrow();
      KvDump.write(cache, 2, file);
      try (KvDumpFile dump = KvDumpFile.open(file)) {
        assertEquals(2, dump.heads());
        assertEquals(PROMPT.length, dump.positions());
        return KvDistance.of(cache, dump);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KvType.class)
  void aDumpReadsAsTheCacheItCameFrom(KvType type) {
    try (Backend scalar = new ScalarBackend();
        Backend vector = new VectorBackend(2)) {
      assertTrue(dumped(scalar, type, folder.resolve("scalar.kv")).equal());
      assertTrue(dumped(vector, type, folder.resolve("vector.kv")).equal());
    }
  }

  @Test
  void dumpsOfBothPathsDifferByNoMoreThanTheirLogits() {
    boolean compiler =
        Stream.of(System.getenv("PATH").split(":", -1))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "c++")));
    assumeTrue(compiler, "no C++ compiler: the emulation cannot be built");
    Path cpu = folder.resolve("cpu.kv");
    Path gpu = folder.resolve("gpu.kv");
    var options =
        GpuOptions.DEFAULT.withMatrix(Choice.OFF).withDot2(Choice.OFF).withTuning(Choice.OFF);
    HipSettings settings = HipSettings.of(System.getenv()).withKind(RuntimeKind.CPU_EMULATION);
    try (Backend scalar = new ScalarBackend();
        Backend device = GpuBackend.open(settings, options)) {
      assertTrue(dumped(scalar, KvType.F32, cpu).equal());
      assertTrue(dumped(device, KvType.F32, gpu).equal());
    }
    try (KvDumpFile expected = KvDumpFile.open(cpu);
        KvDumpFile found = KvDumpFile.open(gpu)) {
      KvDistance distance = KvDistance.of(expected, found);
      assertTrue(distance.keys() <= FLOAT_BOUND, distance::toString);
      assertTrue(distance.values() <= FLOAT_BOUND, distance::toString);
    }
  }

  @Test
  void damagedDumpsAreRefused() throws IOException {
    Path good = folder.resolve("good.kv");
    try (Backend scalar = new ScalarBackend()) {
      dumped(scalar, KvType.F32, good);
    }
    byte[] bytes = Files.readAllBytes(good);
    Path bad = folder.resolve("bad.kv");
    KvDumpFile.open(Files.write(bad, Arrays.copyOf(bytes, bytes.length + 5))).close();
    refused(bad, Arrays.copyOf(bytes, bytes.length - 1), "bytes needed");
    refused(bad, Arrays.copyOf(bytes, 20), "32 bytes needed, 20 left");
    for (int at : new int[] {8, 12, 16, 20}) {
      byte[] none = bytes.clone();
      Arrays.fill(none, at, at + 4, (byte) 0);
      refused(bad, none, "1 to 2^31 needed, 0 found");
      Arrays.fill(none, at, at + 4, (byte) 0x7f);
      refused(bad, none, "needed");
    }
    byte[] other = bytes.clone();
    other[7] = '2';
    refused(bad, other, "KVCACHE1 needed");
  }

  private static void refused(Path file, byte[] bytes, String expected) throws IOException {
    Files.write(file, bytes);
    String message =
        assertThrows(InputException.class, () -> KvDumpFile.open(file).close()).getMessage();
    assertTrue(message.contains(expected), message);
  }
}
