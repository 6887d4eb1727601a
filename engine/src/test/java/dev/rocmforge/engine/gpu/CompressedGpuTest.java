package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.convert.ConvertOptions;
import dev.rocmforge.engine.convert.Converter;
import dev.rocmforge.engine.convert.EncodingCase;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.Stream;
import dev.rocmforge.engine.model.CompressedExample;
import dev.rocmforge.engine.model.CompressedMatrix;
import dev.rocmforge.engine.model.Matrix;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.rfm.RfmFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compressed matrices and models on the emulated device. */
final class CompressedGpuTest {
  private static final int BATCH = 2;

  @TempDir private Path folder;
  private final List<DeviceBuffer> buffers = new ArrayList<>();
  private GpuBackend backend;
  private Arena arena;

  private Slice upload(MemorySegment words) {
    DeviceBuffer buffer =
        backend.device().allocate("part " + buffers.size(), Math.max(16, words.byteSize()));
    buffers.add(buffer);
    if (words.byteSize() > 0) {
      buffer.upload(0, arena.allocate(words.byteSize(), 16).copyFrom(words));
    }
    return Slice.of(buffer);
  }

  private Slice floats(float[] values) {
    return upload(MemorySegment.ofArray(values));
  }

  /** Blocks become planes by the kernel that sessions use. */
  private DeviceMatrix planes(Tensor tensor, Stream stream) {
    int rows = (int) tensor.rows();
    Slice source = upload(tensor.data());
    long bytes = PlaneLayout.bytes(tensor.type(), rows, tensor.cols());
    DeviceBuffer target = backend.device().allocate("planes " + buffers.size(), bytes);
    buffers.add(target);
    int units = PlaneLayout.units(tensor.cols());
    Launch repack =
        Launch.of(
            KernelId.of(PlaneLayout.folder(tensor.type()) + "/repack"),
            Grid.of(Grid.ceil((long) units * rows, 256)),
            256,
            new LaunchArguments()
                .to(Slice.of(target))
                .to(source)
                .ints(rows, tensor.cols(), 0, rows),
            arena);
    repack.resolve(backend.kernelLibrary());
    repack.run(stream, 1, 1);
    return new DeviceMatrix(tensor.type(), Slice.of(target), rows, tensor.cols(), 0, rows);
  }

  private DeviceCompressed device(CompressedMatrix matrix, Stream stream) {
    var sparse = matrix.sparse();
    var thin = matrix.lowRank();
    return new DeviceCompressed(
        (int) matrix.rows(),
        matrix.cols(),
        matrix.rotated(),
        matrix.blocks().map(tensor -> planes(tensor, stream)),
        sparse.map(s -> upload(MemorySegment.ofArray(s.starts()))).orElse(Slice.NONE),
        sparse.map(s -> upload(MemorySegment.ofArray(s.columns()))).orElse(Slice.NONE),
        sparse.map(s -> floats(s.values())).orElse(Slice.NONE),
        thin.map(t -> t.rank()).orElse(0),
        thin.map(t -> floats(t.u())).orElse(Slice.NONE),
        thin.map(t -> floats(t.v())).orElse(Slice.NONE));
  }

  @Test
  @SuppressWarnings("MustBeClosedChecker") // closed after each wave size
  void productsAreWithinTheBoundOfTheEncoding() {
    for (int wave : new int[] {32, 64}) {
      backend = EmulatedGpu.open(EmulatedGpu.floats().withWave(wave));
      arena = Arena.ofShared();
      try (Stream stream = backend.device().newStream()) {
        for (EncodingCase example : EncodingCase.all()) {
          try (RfmFile file = example.written(folder.resolve("one.rfm"))) {
            Matrix all = file.compressed("blk.0.ffn_down.weight").orElseThrow();
            for (int expert = 0; expert < Math.max(1, example.experts()); expert++) {
              check(example, all, expert, stream);
            }
          }
        }
      } finally {
        buffers.forEach(DeviceBuffer::close);
        buffers.clear();
        arena.close();
        backend.close();
      }
    }
  }

  private void check(EncodingCase example, Matrix all, int expert, Stream stream) {
    var matrix = (CompressedMatrix) all.slice((long) expert * example.rows(), example.rows());
    float[] bias = new float[example.rows()];
    float[] y = new float[BATCH * example.rows()];
    for (int r = 0; r < bias.length; r++) {
      bias[r] = r % 5;
    }
    DeviceCompressed compressed = device(matrix, stream);
    var linear = new DeviceLinear(compressed.shape(), floats(bias), Optional.of(compressed));
    float[] x = new float[BATCH * example.cols()];
    for (int i = 0; i < BATCH; i++) {
      System.arraycopy(example.input(i), 0, x, i * example.cols(), example.cols());
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = i % 3;
    }
    Slice out = floats(y);
    var matrices =
        new MatrixLaunches(LaunchShapes.DEFAULT, backend.wave(), MatrixLaunches.Forms.EXACT, arena);
    var launches =
        new CompressedLaunches(
            matrices,
            backend.wave(),
            floats(new float[x.length]),
            floats(new float[BATCH * Math.max(1, compressed.rank())]),
            arena);
    for (Launch launch :
        launches.product(linear, floats(x), example.cols(), out, example.rows(), out)) {
      launch.resolve(backend.kernelLibrary());
      launch.run(stream, BATCH, 1);
    }
    stream.synchronize();
    MemorySegment found = arena.allocate(4L * y.length, 16);
    out.buffer().download(0, found);
    for (int i = 0; i < BATCH; i++) {
      double[] exact = example.exact(expert, example.input(i));
      double error = 0;
      double norm = 0;
      for (int r = 0; r < exact.length; r++) {
        int at = i * exact.length + r;
        double value = found.getAtIndex(ValueLayout.JAVA_FLOAT, at) - bias[r] - y[at];
        error += Math.pow(value - exact[r], 2);
        norm += exact[r] * exact[r];
      }
      double bound = example.bound(all, expert, example.input(i)) + 1e-9;
      double nmse = error / norm;
      assertTrue(
          nmse <= bound, () -> "%s: NMSE %.3g, at most %.3g".formatted(example, nmse, bound));
    }
    buffers.forEach(DeviceBuffer::close);
    buffers.clear();
  }

  /** Ranks 1 to 512, tall and wide, one token and 64, against the dense product in double. */
  @Test
  @SuppressWarnings("MustBeClosedChecker") // closed at the end
  void productsOfAnyRankAreTheDenseOnes() {
    backend = EmulatedGpu.open(EmulatedGpu.floats());
    arena = Arena.ofShared();
    try (Stream stream = backend.device().newStream()) {
      for (CompressedExample example : CompressedExample.all()) {
        CompressedMatrix matrix = example.matrix();
        float[] x = example.input(64);
        List<CompressedExample.Expected> expected = example.exact(matrix, x, 64);
        for (int batch : new int[] {1, 64}) {
          MemorySegment found = product(matrix, x, batch, stream);
          for (int i = 0; i < batch * example.rows(); i++) {
            double off =
                Math.abs(found.getAtIndex(ValueLayout.JAVA_FLOAT, i) - expected.get(i).value());
            int at = i;
            assertTrue(
                off <= expected.get(i).bound(),
                () -> "%s, batch %d, output %d: off by %.3g".formatted(example, batch, at, off));
          }
        }
      }
    } finally {
      buffers.forEach(DeviceBuffer::close);
      arena.close();
      backend.close();
    }
  }

  private MemorySegment product(CompressedMatrix matrix, float[] x, int batch, Stream stream) {
    int rows = (int) matrix.rows();
    DeviceCompressed compressed = device(matrix, stream);
    Slice out = floats(new float[batch * rows]);
    var matrices =
        new MatrixLaunches(LaunchShapes.DEFAULT, backend.wave(), MatrixLaunches.Forms.EXACT, arena);
    var launches =
        new CompressedLaunches(
            matrices,
            backend.wave(),
            floats(new float[x.length]),
            floats(new float[batch * Math.max(1, compressed.rank())]),
            arena);
    var linear = new DeviceLinear(compressed.shape(), Slice.NONE, Optional.of(compressed));
    for (Launch launch :
        launches.product(linear, floats(x), matrix.cols(), out, rows, Slice.NONE)) {
      launch.resolve(backend.kernelLibrary());
      launch.run(stream, batch, 1);
    }
    stream.synchronize();
    MemorySegment found = arena.allocate(4L * batch * rows, 16);
    out.buffer().download(0, found);
    buffers.forEach(DeviceBuffer::close);
    buffers.clear();
    return found;
  }

  private static ConvertOptions options(
      OptionalInt k, OptionalDouble share, OptionalInt chi, ConvertOptions.Rotation rotation) {
    return new ConvertOptions(
        k, share, 0.01, false, chi, OptionalInt.of(2), rotation, false, Map.of());
  }

  /** Whole models: the same logits as on the CPU, decode and prefill. */
  @Test
  void compressedModelsRunAsOnTheCpu() {
    OptionalInt no = OptionalInt.empty();
    OptionalDouble none = OptionalDouble.empty();
    Path source = Path.of("../datasets/models/lexicon-tiny-q4_0.gguf");
    List<ConvertOptions> all =
        List.of(
            options(OptionalInt.of(8), none, no, ConvertOptions.Rotation.NONE),
            options(OptionalInt.of(8), OptionalDouble.of(1), no, ConvertOptions.Rotation.NONE),
            options(no, OptionalDouble.of(1), no, ConvertOptions.Rotation.NONE),
            options(no, none, OptionalInt.of(72), ConvertOptions.Rotation.NONE),
            options(no, none, no, ConvertOptions.Rotation.MQ4),
            options(no, none, no, ConvertOptions.Rotation.MQ6));
    var session = new SessionOptions(32, 16, KvType.F32);
    try (GpuBackend gpu = EmulatedGpu.open(EmulatedGpu.floats());
        ScalarBackend scalar = new ScalarBackend()) {
      for (ConvertOptions options : all) {
        Path file = folder.resolve("model.rfm");
        try (Model model = Model.open(source)) {
          new Converter(model, options).write(file, (tensor, done, total) -> {});
        }
        try (Model model = Model.open(file);
            Session reference = scalar.open(model, session);
            Session found = gpu.open(model, session)) {
          int[] prompt = EmulatedGpu.prompt(20, 4096);
          EmulatedGpu.assertNear(
              reference.prefill(prompt).clone(),
              found.prefill(prompt).clone(),
              EmulatedGpu.FLOAT_BOUND,
              "prefill " + options);
          EmulatedGpu.assertNear(
              reference.step(7), found.step(7), EmulatedGpu.FLOAT_BOUND, "step " + options);
        }
      }
    }
  }
}
