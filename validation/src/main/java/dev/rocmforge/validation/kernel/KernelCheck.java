package dev.rocmforge.validation.kernel;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.Event;
import dev.rocmforge.engine.hip.HipException;
import dev.rocmforge.engine.hip.KernelArguments;
import dev.rocmforge.engine.hip.KernelCompilationException;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.engine.hip.StandIn;
import dev.rocmforge.engine.hip.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs cases on a device. Each buffer lies between guard zones of NaN, outputs are poisoned, and
 * everything runs twice from the same memory image: the second run, on the emulation with all
 * threads in falling order, must give the same bits.
 *
 * <pre>
 * | guard 256 | buffer | guard, at least 512 |
 * </pre>
 *
 * <p>One thread at a time.
 */
public final class KernelCheck implements AutoCloseable {
  private static final int BEFORE = 256;
  private static final int AFTER = 512;
  private static final String ORDER = "ROCMFORGE_EMULATION_ORDER";

  static final String SECOND_RUN =
      "a second run gives other bits: memory that nobody wrote, or a race";

  /** As f32 and as either half of it a NaN, and not the poison of outputs. */
  private static final int GUARD = 0xFFC5FE5A;

  private final Device device;
  private final KernelModules modules;
  private Stream stream;

  public KernelCheck(Device device, KernelFolder folder) {
    this.device = device;
    modules = new KernelModules(device, folder);
    stream = device.newStream();
  }

  /** Begins to compile what the cases need, in the background. */
  public void compileAhead(List<KernelCase> cases) {
    Set<Trial.Code> codes = new LinkedHashSet<>();
    Set<Trial.Code> seen = new HashSet<>();
    for (KernelCase one : cases) {
      // Cases that differ in sizes alone need the same code, and a trial is dear to make.
      if (seen.add(new Trial.Code(one.path(), one.constants()))) {
        codes.addAll(KernelOperations.codes(one));
      }
    }
    modules.compileAhead(codes);
  }

  /** Runs one case; what goes wrong inside a kernel or its compilation is a failed verdict. */
  public KernelVerdict check(KernelCase one) throws InterruptedException {
    return check(one, KernelOperations.trial(one));
  }

  KernelVerdict check(KernelCase one, Trial trial) throws InterruptedException {
    try {
      List<byte[]> first = run(trial);
      List<byte[]> second = runInFallingOrder(trial);
      return new Comparison(one, trial).verdict(first, second);
    } catch (KernelCompilationException e) {
      return KernelVerdict.broken(one, "does not compile: " + e.getMessage());
    } catch (HipException e) {
      recover();
      return KernelVerdict.broken(one, e.getMessage());
    }
  }

  /**
   * Whether the kernels of another folder write the same bits; the expectation is not looked at.
   */
  KernelVerdict same(KernelCase one, KernelCheck as) throws InterruptedException {
    Trial trial = KernelOperations.trial(one);
    try {
      List<byte[]> mine = run(trial);
      List<byte[]> others = as.run(trial);
      for (Trial.Slot slot : trial.slots()) {
        int differs =
            Arrays.mismatch(
                contents(slot, mine.get(slot.index())), contents(slot, others.get(slot.index())));
        if (differs >= 0 && slot.expected().isPresent()) {
          return KernelVerdict.broken(
              one,
              "%s: element %d has other bits than the kernels of %s write"
                  .formatted(slot.name(), differs / slot.element().bytes(), as.modules.folder()));
        }
      }
      return new KernelVerdict(one, Optional.empty(), Optional.empty());
    } catch (KernelCompilationException e) {
      return KernelVerdict.broken(one, "does not compile: " + e.getMessage());
    } catch (HipException e) {
      recover();
      return KernelVerdict.broken(one, e.getMessage());
    }
  }

  /** On the emulation with blocks, waves and lanes in falling order. */
  private List<byte[]> runInFallingOrder(Trial trial) throws InterruptedException {
    if (device.runtime().kind() != RuntimeKind.CPU_EMULATION) {
      return run(trial);
    }
    StandIn emulation = device.runtime().standIn().orElseThrow();
    emulation.configure(ORDER, "falling");
    try {
      return run(trial);
    } finally {
      emulation.configure(ORDER, "rising");
    }
  }

  /** What the launches of a trial leave in a buffer of f32. */
  float[] floats(Trial trial, Trial.Slot slot) throws InterruptedException {
    byte[] bytes = contents(slot, run(trial).get(slot.index()));
    float[] values = new float[bytes.length / 4];
    MemorySegment memory = MemorySegment.ofArray(bytes);
    for (int i = 0; i < values.length; i++) {
      values[i] = memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
    }
    return values;
  }

  /** A fault in a kernel loses the context and all that lies in it. */
  private void recover() {
    modules.unload();
    try {
      stream.close();
    } catch (HipException e) {
      // Lost with the context.
    }
    device.reset();
    stream = device.newStream();
  }

  /** The bytes of each buffer, guards included, after the launches. */
  private List<byte[]> run(Trial trial) throws InterruptedException {
    List<DeviceBuffer> buffers = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      allocate(trial, buffers);
      restore(trial, buffers, arena);
      for (Trial.Launch launch : trial.launches()) {
        launch(launch, buffers, arena);
      }
      stream.synchronize();
      List<byte[]> after = new ArrayList<>();
      for (DeviceBuffer buffer : buffers) {
        MemorySegment target = arena.allocate(buffer.bytes(), 16);
        buffer.download(0, target);
        after.add(target.toArray(ValueLayout.JAVA_BYTE));
      }
      return after;
    } finally {
      release(buffers);
    }
  }

  private void allocate(Trial trial, List<DeviceBuffer> buffers) {
    for (Trial.Slot slot : trial.slots()) {
      buffers.add(device.allocate(slot.name(), allocated(slot)));
    }
  }

  /** The memory of a trial before its launches; to be given to {@link #release}. */
  List<DeviceBuffer> upload(Trial trial, Arena arena) {
    List<DeviceBuffer> buffers = new ArrayList<>();
    allocate(trial, buffers);
    restore(trial, buffers, arena);
    return buffers;
  }

  /** Puts the memory back as it was before the launches. */
  void restore(Trial trial, List<DeviceBuffer> buffers, Arena arena) {
    for (Trial.Slot slot : trial.slots()) {
      buffers.get(slot.index()).upload(0, image(slot, arena.allocate(allocated(slot), 16)));
    }
  }

  Stream stream() {
    return stream;
  }

  Event newEvent() {
    return device.newEvent();
  }

  void synchronize() {
    stream.synchronize();
  }

  /** GB/s (1e9 bytes, read and written) of the best of a few copies of 64 MiB on the device. */
  public double copyGigabytesPerSecond() {
    long bytes = 64L << 20;
    double best = 0;
    try (DeviceBuffer from = device.allocate("copied", bytes);
        DeviceBuffer to = device.allocate("copy", bytes);
        Event start = device.newEvent();
        Event stop = device.newEvent()) {
      for (int i = 0; i < 5; i++) {
        start.record(stream);
        to.copyFrom(from, 0, 0, bytes, stream);
        stop.record(stream);
        stream.synchronize();
        best = Math.max(best, 2 * bytes / (stop.millisSince(start) * 1e6));
      }
    }
    return best;
  }

  static void release(List<DeviceBuffer> buffers) {
    for (DeviceBuffer buffer : buffers) {
      try {
        buffer.close();
      } catch (HipException e) {
        // After a fault the context is lost and the memory with it; the fault itself is reported.
      }
    }
  }

  void launch(Trial.Launch launch, List<DeviceBuffer> buffers, Arena arena)
      throws InterruptedException {
    List<Optional<Object>> given = launch.arguments();
    KernelArguments arguments = new KernelArguments(given.size(), arena);
    for (int i = 0; i < given.size(); i++) {
      switch (given.get(i).orElse(null)) {
        case null -> arguments.setNull(i);
        case Trial.Slot slot -> arguments.set(i, buffers.get(slot.index()), BEFORE);
        case Trial.Place place ->
            arguments.set(i, buffers.get(place.slot().index()), BEFORE + place.offset());
        case Integer number -> arguments.setInt(i, number);
        case Object other -> throw new AssertionError(launch.kernel() + ": argument " + other);
      }
    }
    modules
        .kernel(launch.code(), launch.kernel())
        .launch(
            stream,
            launch.grid().x(),
            launch.grid().y(),
            launch.grid().z(),
            launch.threads(),
            0,
            arguments);
  }

  private static long allocated(Trial.Slot slot) {
    return BEFORE + (slot.initial().length + 15L) / 16 * 16 + AFTER;
  }

  private static MemorySegment image(Trial.Slot slot, MemorySegment memory) {
    for (long at = 0; at < memory.byteSize(); at += 4) {
      memory.set(ValueLayout.JAVA_INT, at, GUARD);
    }
    byte[] initial = slot.initial();
    MemorySegment.copy(initial, 0, memory, ValueLayout.JAVA_BYTE, BEFORE, initial.length);
    return memory;
  }

  /** The buffer's own bytes of what {@link #run} gave. */
  static byte[] contents(Trial.Slot slot, byte[] image) {
    return Arrays.copyOfRange(image, BEFORE, BEFORE + slot.initial().length);
  }

  /** Where a guard was written, relative to the buffer's begin; empty if none was. */
  static Optional<Long> brokenGuard(Trial.Slot slot, byte[] image) {
    MemorySegment memory = MemorySegment.ofArray(image);
    int end = BEFORE + slot.initial().length;
    for (int at = 0; at < image.length; at++) {
      boolean guard = at < BEFORE || at >= end;
      byte wanted = (byte) (GUARD >> (at % 4 * 8));
      if (guard && memory.get(ValueLayout.JAVA_BYTE, at) != wanted) {
        return Optional.of((long) at - BEFORE);
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    modules.close();
    stream.close();
  }
}
