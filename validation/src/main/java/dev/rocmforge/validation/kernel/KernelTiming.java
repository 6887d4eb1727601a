package dev.rocmforge.validation.kernel;

import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.Event;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * The device time of one case's launches, without the repacking of its weights: the same buffers
 * and arguments as the check has. The buffers stay where they are from sample to sample, so that
 * small ones lie in a cache.
 */
public final class KernelTiming implements AutoCloseable {
  /** Launches a sample: enough to outlast the clock's grain. */
  private static final int LAUNCHES = 8;

  private final KernelCheck check;
  private final Trial trial;
  private final List<Trial.Launch> launches;
  private final int repeats;
  private final Arena arena = Arena.ofConfined();
  private final List<DeviceBuffer> buffers;
  private final Event start;
  private final Event stop;

  public KernelTiming(KernelCheck check, KernelCase one) throws InterruptedException {
    this.check = check;
    trial = KernelOperations.trial(one);
    launches = trial.launches().stream().filter(l -> !l.kernel().equals("repack")).toList();
    // argmax writes one place further at each launch, and its buffer has room for one.
    repeats = one.operation().equals("argmax") ? 1 : LAUNCHES;
    buffers = check.upload(trial, arena);
    start = check.newEvent();
    stop = check.newEvent();
    for (Trial.Launch launch : trial.launches()) {
      check.launch(launch, buffers, arena);
    }
    check.synchronize();
  }

  /** Microseconds of the case's launches, the mean of a few in a row. */
  public double micros() throws InterruptedException {
    if (repeats == 1) {
      check.restore(trial, buffers, arena);
    }
    start.record(check.stream());
    for (int i = 0; i < repeats; i++) {
      for (Trial.Launch launch : launches) {
        check.launch(launch, buffers, arena);
      }
    }
    stop.record(check.stream());
    check.synchronize();
    return stop.millisSince(start) * 1e3 / repeats;
  }

  /** Bytes of all buffers that the launches read or write, each once; the GGUF source is not. */
  public long bytes() {
    return trial.slots().stream()
        .filter(slot -> !slot.name().equals("source"))
        .mapToLong(slot -> slot.initial().length)
        .sum();
  }

  @Override
  public void close() {
    start.close();
    stop.close();
    KernelCheck.release(buffers);
    arena.close();
  }
}
