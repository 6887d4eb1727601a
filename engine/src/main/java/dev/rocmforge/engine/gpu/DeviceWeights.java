package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.compress.LowRank;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.model.CompressedMatrix;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The weights of one model on one device, found by their names in the file; read-only. */
final class DeviceWeights implements AutoCloseable {
  private final List<DeviceBuffer> buffers = new ArrayList<>();
  private final Map<String, DeviceMatrix> matrices = new HashMap<>();
  private final Map<String, Slice> vectors = new HashMap<>();

  /** Where experts are paged. */
  private Optional<ExpertHost> experts = Optional.empty();

  private DeviceWeights() {}

  /**
   * Allocates what the memory plan says and uploads everything; on failure nothing stays.
   *
   * @param paged experts go to pinned host memory
   */
  static DeviceWeights upload(
      WeightPlan plan, boolean paged, GpuMemoryPlan memory, Device device, KernelLibrary kernels) {
    var weights = new DeviceWeights();
    try (WeightUpload upload = new WeightUpload(memory, device, kernels)) {
      for (WeightPlan.Matrix matrix : paged ? plan.withoutExperts() : plan.matrices()) {
        weights.matrix(matrix, memory, device, upload);
      }
      weights.vectors(plan, memory, device, upload);
      upload.finish();
      if (paged) {
        weights.experts = Optional.of(new ExpertHost(plan.experts(), device));
      }
      return weights;
    } catch (RuntimeException | Error e) {
      weights.closeAfter(e);
      throw e;
    }
  }

  private void matrix(
      WeightPlan.Matrix planned, GpuMemoryPlan memory, Device device, WeightUpload upload) {
    DeviceBuffer buffer = memory.allocate(device, GpuMemoryPlan.matrixName(planned));
    buffers.add(buffer);
    int totalRows = planned.rows();
    int row = 0;
    for (Tensor part : planned.parts()) {
      int rows = Math.toIntExact(part.rows());
      matrices.putIfAbsent(
          part.name(),
          new DeviceMatrix(
              planned.type(), Slice.of(buffer), totalRows, planned.columns(), row, rows));
      upload.matrix(buffer, totalRows, row, part);
      row += rows;
    }
  }

  private void vectors(WeightPlan plan, GpuMemoryPlan memory, Device device, WeightUpload upload) {
    DeviceBuffer buffer = memory.allocate(device, GpuMemoryPlan.VECTORS);
    buffers.add(buffer);
    long offset = 0;
    for (WeightPlan.Vector vector : plan.vectors()) {
      float[] values =
          vector.source().map(Tensor::decode).orElseGet(() -> new float[vector.count()]);
      upload.vector(buffer, offset, values);
      vectors.put(vector.name(), new Slice(buffer, offset));
      offset += WeightPlan.vectorBytes(vector.count());
    }
  }

  DeviceMatrix matrix(Tensor tensor) {
    DeviceMatrix matrix = matrices.get(tensor.name());
    if (matrix == null) {
      throw new AssertionError("matrix " + tensor.name() + " was not planned");
    }
    return matrix;
  }

  Slice vector(Tensor tensor) {
    return vector(tensor.name());
  }

  private Slice vector(String name) {
    Slice slice = vectors.get(name);
    if (slice == null) {
      throw new AssertionError("vector " + name + " was not planned");
    }
    return slice;
  }

  DeviceLinear linear(Linear linear) {
    if (linear.matrix() instanceof CompressedMatrix matrix) {
      DeviceCompressed compressed = compressed(matrix);
      Slice bias = linear.bias().map(this::vector).orElse(Slice.NONE);
      return new DeviceLinear(compressed.shape(), bias, Optional.of(compressed));
    }
    return new DeviceLinear(
        matrix(linear.weight()), linear.bias().map(this::vector).orElse(Slice.NONE));
  }

  private DeviceCompressed compressed(CompressedMatrix matrix) {
    String name = matrix.name();
    boolean sparse = matrix.sparse().isPresent();
    boolean thin = matrix.lowRank().isPresent();
    return new DeviceCompressed(
        Math.toIntExact(matrix.rows()),
        matrix.cols(),
        matrix.rotated(),
        matrix.blocks().map(this::matrix),
        sparse ? vector(name + WeightPlan.STARTS) : Slice.NONE,
        sparse ? vector(name + WeightPlan.COLUMNS) : Slice.NONE,
        sparse ? vector(name + WeightPlan.VALUES) : Slice.NONE,
        matrix.lowRank().map(LowRank::rank).orElse(0),
        thin ? vector(name + WeightPlan.U) : Slice.NONE,
        thin ? vector(name + WeightPlan.V) : Slice.NONE);
  }

  /** The linears as one, if their rows follow one another on the device. */
  Optional<DeviceLinear> joined(List<Linear> linears) {
    if (linears.stream().anyMatch(linear -> linear.matrix() instanceof CompressedMatrix)) {
      return Optional.empty();
    }
    DeviceMatrix first = matrix(linears.getFirst().weight());
    int rows = first.rows();
    boolean biased = linears.getFirst().bias().isPresent();
    for (Linear next : linears.subList(1, linears.size())) {
      if (!first.extended(rows).precedes(matrix(next.weight()))) {
        return Optional.empty();
      }
      rows += next.outputs();
      biased |= next.bias().isPresent();
    }
    // Joined biases lie one after the other; 16-byte rounding would leave a gap otherwise.
    if (biased && linears.stream().anyMatch(linear -> linear.outputs() % 4 != 0)) {
      return Optional.empty();
    }
    Slice bias =
        biased
            ? linears
                .getFirst()
                .bias()
                .map(this::vector)
                .orElseGet(() -> vector(WeightPlan.biasName(linears.getFirst().weight())))
            : Slice.NONE;
    return Optional.of(new DeviceLinear(first.extended(rows), bias));
  }

  /** All experts, if they are paged. */
  Optional<ExpertHost> experts() {
    return experts;
  }

  private void closeAfter(Throwable cause) {
    var closing = new Closing();
    buffers.forEach(closing::add);
    experts.ifPresent(closing::add);
    closing.runAfter(cause);
  }

  @Override
  public void close() {
    var closing = new Closing();
    buffers.forEach(closing::add);
    experts.ifPresent(closing::add);
    closing.run();
  }
}
