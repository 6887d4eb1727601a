package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.PinnedBuffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** All experts in pinned host memory, as the file has them; read-only, shared by sessions. */
final class ExpertHost implements AutoCloseable {
  private final Closing closing = new Closing();

  /** By layer, expert and part. */
  private final List<MemorySegment[][]> layers = new ArrayList<>();

  ExpertHost(List<WeightPlan.Experts> experts, Device device) {
    try {
      for (WeightPlan.Experts layer : experts) {
        layers.add(copied(layer, device));
      }
    } catch (RuntimeException | Error e) {
      closing.runAfter(e);
      throw e;
    }
  }

  private MemorySegment[][] copied(WeightPlan.Experts layer, Device device) {
    List<ExpertPlan.Part> parts = ExpertPlan.parts(layer);
    MemorySegment[][] segments = new MemorySegment[layer.count()][parts.size()];
    for (int i = 0; i < parts.size(); i++) {
      ExpertPlan.Part part = parts.get(i);
      MemorySegment file = part.tensor().data();
      PinnedBuffer pinned =
          closing.add(device.allocatePinned(part.tensor().name(), file.byteSize()));
      WeightUpload.read(file, pinned.segment());
      for (int expert = 0; expert < layer.count(); expert++) {
        segments[expert][i] = pinned.segment().asSlice(expert * part.bytes(), part.bytes());
      }
    }
    return segments;
  }

  /** Gate, up and down. */
  MemorySegment[] parts(int layer, int expert) {
    return layers.get(layer)[expert];
  }

  @Override
  public void close() {
    closing.run();
  }
}
