package dev.rocmforge.engine.model;

import java.util.List;

/**
 * Compressed matrices of one shape, one an expert.
 *
 * @param parts in the order of the experts
 */
public record MatrixStack(String name, List<CompressedMatrix> parts) implements Matrix {
  public MatrixStack {
    parts = List.copyOf(parts);
  }

  private long partRows() {
    return parts.getFirst().rows();
  }

  @Override
  public long rows() {
    return partRows() * parts.size();
  }

  @Override
  public int cols() {
    return parts.getFirst().cols();
  }

  @Override
  public CompressedMatrix slice(long first, long count) {
    assert count == partRows() && first % count == 0 : name + ": " + first + ", " + count;
    return parts.get((int) (first / count));
  }

  @Override
  public void decodeRow(long row, float[] target, int offset) {
    parts.get((int) (row / partRows())).decodeRow(row % partRows(), target, offset);
  }
}
