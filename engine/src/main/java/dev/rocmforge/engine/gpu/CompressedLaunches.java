package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Launchers of products with compressed matrices: the parts one after the other, each adding to the
 * result. The same for one token and for many, tokens on y.
 */
final class CompressedLaunches {
  private static final int THREADS = 256;
  private static final int MOST_THREADS = 1024;

  private final MatrixLaunches matrices;
  private final int wave;
  private final Slice rotated;
  private final Slice inner;
  private final Arena arena;

  /**
   * @param rotated scratch of a batch of the widest rotated rows
   * @param inner scratch of a batch of the largest rank
   */
  CompressedLaunches(MatrixLaunches matrices, int wave, Slice rotated, Slice inner, Arena arena) {
    this.matrices = matrices;
    this.wave = wave;
    this.rotated = rotated;
    this.inner = inner;
    this.arena = arena;
  }

  /**
   * {@code y = W x + b (+ residual)}.
   *
   * @param residual {@code y} itself, or none
   */
  List<Launch> product(
      DeviceLinear linear, Slice x, int xStride, Slice y, int yStride, Slice residual) {
    assert !residual.present() || residual.equals(y) : "a residual of another place";
    DeviceCompressed matrix = linear.compressed().orElseThrow();
    List<Launch> launches = new ArrayList<>();
    Slice from = x;
    int stride = xStride;
    if (matrix.rotated()) {
      launches.add(rotate(matrix.columns(), x, xStride));
      from = rotated;
      stride = matrix.columns();
    }
    int rank = matrix.rank();
    if (rank > 0) {
      launches.add(
          new ThinProduct(matrix.v(), rank, matrix.columns())
              .launch(wave, from, stride, inner, rank, Slice.NONE, false, arena));
    }
    if (joined(matrix)) {
      var blocks = new DeviceLinear(matrix.blocks().get(), linear.bias());
      launches.add(
          matrices.gemvLowRank(
              blocks, from, stride, matrix.u(), inner, rank, y, yStride, residual));
      return launches;
    }
    boolean add = residual.present();
    Slice bias = linear.bias();
    if (matrix.blocks().isPresent()) {
      var blocks = new DeviceLinear(matrix.blocks().get(), bias);
      launches.add(matrices.exactGemv(blocks, from, stride, y, yStride, residual));
      add = true;
      bias = Slice.NONE;
    }
    if (matrix.starts().present()) {
      launches.add(sparse(matrix, from, stride, y, yStride, bias, add));
      add = true;
      bias = Slice.NONE;
    }
    if (rank > 0) {
      launches.add(
          new ThinProduct(matrix.u(), matrix.rows(), rank)
              .launch(wave, inner, rank, y, yStride, bias, add, arena));
    }
    return launches;
  }

  /** Whether the second factor runs in the launch of the blocks: a launch costs more than it. */
  private static boolean joined(DeviceCompressed matrix) {
    return matrix.rank() > 0
        && !matrix.starts().present()
        && matrix.blocks().filter(blocks -> blocks.type() == QuantType.Q4_0).isPresent();
  }

  private Launch rotate(int columns, Slice x, int xStride) {
    int threads = Math.min(MOST_THREADS, Math.max(wave, columns / 2 / wave * wave));
    return Launch.of(
        KernelId.of("ops/fwht"),
        Grid.perToken(1),
        threads,
        new LaunchArguments()
            .to(rotated)
            .to(x)
            .ints(columns, columns, xStride)
            .bits((float) (1 / Math.sqrt(columns))),
        arena);
  }

  private Grid rows(int rows) {
    return Grid.perToken(Grid.ceil(rows, THREADS / wave));
  }

  private Launch sparse(
      DeviceCompressed m, Slice x, int xStride, Slice y, int yStride, Slice bias, boolean add) {
    return Launch.of(
        KernelId.of("ops/spmv_csr"),
        rows(m.rows()),
        THREADS,
        new LaunchArguments()
            .to(y)
            .to(m.starts())
            .to(m.sparseColumns())
            .to(m.values())
            .to(x)
            .to(bias)
            .ints(m.rows(), xStride, yStride, add ? 1 : 0),
        arena);
  }
}
