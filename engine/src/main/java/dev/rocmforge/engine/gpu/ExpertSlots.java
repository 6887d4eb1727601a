package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.Event;
import dev.rocmforge.engine.hip.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The slots of one pool on the device and what fills them: an expert's rows go from pinned memory
 * through a staging buffer into its slot's planes, on a stream of their own. Used by one thread.
 */
final class ExpertSlots {
  private static final int THREADS = 256;

  /** How one matrix of an expert gets into its slot. */
  private record Path(Launch repack, int slotRows, int firstRow, int rows, int blocks, long from) {}

  private final ExpertPlan.Pool pool;
  private final List<DeviceBuffer> stacks;
  private final DeviceBuffer staging;
  private final List<Path> paths = new ArrayList<>();
  private final Event[] filled;

  /** Whether the compute stream has not waited for the slot's copy yet. */
  private final boolean[] onTheWay;

  private final long expertBytes;
  final ExpertCache cache;

  /**
   * @param stacks tensors of slots, as the pool has them
   * @param example a layer of the pool
   */
  ExpertSlots(
      ExpertPlan.Pool pool,
      List<DeviceBuffer> stacks,
      DeviceBuffer staging,
      WeightPlan.Experts example,
      Device device,
      Closing closing,
      Arena arena) {
    this.pool = pool;
    this.stacks = List.copyOf(stacks);
    this.staging = staging;
    cache = new ExpertCache(pool.experts(), pool.slots());
    onTheWay = new boolean[pool.slots()];
    filled = new Event[pool.slots()];
    for (int slot = 0; slot < filled.length; slot++) {
      filled[slot] = closing.add(device.newEvent());
    }
    long from = 0;
    long bytes = 0;
    for (ExpertPlan.Part part : ExpertPlan.parts(example)) {
      paths.add(path(part, from, arena));
      from += PlaneLayout.aligned(part.bytes());
      bytes += part.bytes();
    }
    expertBytes = bytes;
  }

  private Path path(ExpertPlan.Part part, long from, Arena arena) {
    ExpertPlan.Stack stack = pool.stacks().get(part.stack());
    Launch repack =
        Launch.of(
            KernelId.of(PlaneLayout.folder(stack.type()) + "/repack"),
            Grid.of(1),
            THREADS,
            new LaunchArguments()
                .to(Slice.of(stacks.get(part.stack())))
                .to(Slice.of(staging).plusBytes(from))
                .ints(pool.slots() * stack.rows(), stack.columns(), 0, part.rows()),
            arena);
    long units = (long) PlaneLayout.units(stack.columns()) * part.rows();
    return new Path(
        repack, stack.rows(), part.firstRow(), part.rows(), Grid.ceil(units, THREADS), from);
  }

  Set<KernelId> kernels() {
    return paths.stream().map(path -> path.repack().id()).collect(Collectors.toSet());
  }

  void resolve(KernelLibrary kernels) {
    paths.forEach(path -> path.repack().resolve(kernels));
  }

  /** All slots as one stack of experts. */
  DeviceMatrix stack(int index) {
    ExpertPlan.Stack stack = pool.stacks().get(index);
    int rows = pool.slots() * stack.rows();
    return new DeviceMatrix(
        stack.type(), Slice.of(stacks.get(index)), rows, stack.columns(), 0, rows);
  }

  /** Queues the copy of an expert; what used the slot before must come before it in its stream. */
  void fill(int slot, MemorySegment[] parts, Stream copies) {
    for (int i = 0; i < parts.length; i++) {
      Path path = paths.get(i);
      staging.upload(path.from(), parts[i], copies);
      path.repack().arguments().setInt(4, slot * path.slotRows() + path.firstRow());
      path.repack().launchOn(copies, path.blocks());
    }
    filled[slot].record(copies);
    onTheWay[slot] = true;
  }

  /** Lets the stream wait for the slot's copy, if it may still be under way. */
  void await(int slot, Stream stream) {
    if (onTheWay[slot]) {
      stream.waitFor(filled[slot]);
      onTheWay[slot] = false;
    }
  }

  /** Bytes that a fill copies. */
  long expertBytes() {
    return expertBytes;
  }
}
