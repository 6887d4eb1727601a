package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.Graph;
import dev.rocmforge.engine.hip.GraphExec;
import dev.rocmforge.engine.hip.HipException;
import dev.rocmforge.engine.hip.Stream;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs decode programs as graphs: captured on first use, replayed afterwards, captured again when
 * the grid of the attention changes. Where a runtime refuses, AUTO launches one by one and counts
 * it.
 */
final class DecodeGraphs implements AutoCloseable {
  /** {@code hipErrorNotSupported}. */
  private static final int NOT_SUPPORTED = 801;

  /** {@code hipErrorStreamCaptureUnsupported} to {@code hipErrorStreamCaptureWrongThread}. */
  private static final int FIRST_CAPTURE_ERROR = 900;

  private static final int LAST_CAPTURE_ERROR = 908;

  private static final class Entry {
    GraphExec exec;
    int splits;
  }

  private final Choice choice;
  private final Map<Program, Entry> entries = new HashMap<>();
  private final Map<String, Long> reasons = new TreeMap<>();
  private String refusal;
  private long captures;
  private long replays;
  private long hits;
  private long misses;
  private long updates;
  private long fallbacks;
  private long bytes;
  private final Device device;
  private final long reserved;

  DecodeGraphs(Choice choice, Device device, GpuMemoryPlan plan) {
    this.choice = choice;
    this.device = device;
    this.reserved = plan.bytes(GpuMemoryPlan.GRAPHS);
  }

  /** Queues a step. */
  void run(Program program, Stream stream, int splits) {
    if (refusal == null && choice != Choice.OFF && !program.onDevice()) {
      refusal = "experts are paged and the host finds their slots";
    }
    if (choice == Choice.OFF) {
      program.run(stream, 1, splits);
      return;
    }
    if (refusal != null) {
      fallBack(program, stream, splits);
      return;
    }
    Entry entry = entries.computeIfAbsent(program, _ -> new Entry());
    if (entry.exec != null && entry.splits == splits) {
      hits++;
    } else {
      misses++;
      try {
        capture(entry, program, stream, splits);
      } catch (HipException e) {
        if (choice == Choice.ON || !refusedByRuntime(e)) {
          throw e;
        }
        refusal = e.function() + ": " + e.codeName();
        fallBack(program, stream, splits);
        return;
      }
    }
    entry.exec.launch(stream);
    replays++;
  }

  private void fallBack(Program program, Stream stream, int splits) {
    fallbacks++;
    reasons.merge(refusal, 1L, Long::sum);
    program.run(stream, 1, splits);
  }

  private static boolean refusedByRuntime(HipException e) {
    return e.code() == NOT_SUPPORTED
        || (e.code() >= FIRST_CAPTURE_ERROR && e.code() <= LAST_CAPTURE_ERROR);
  }

  private void capture(Entry entry, Program program, Stream stream, int splits) {
    stream.beginCapture();
    try {
      program.run(stream, 1, splits);
    } catch (RuntimeException | Error e) {
      endSpoilt(stream, e);
      throw e;
    }
    try (Graph graph = stream.endCapture()) {
      captures++;
      if (entry.exec != null && entry.exec.update(graph) == GraphExec.Update.SUCCESS) {
        updates++;
      } else {
        close(entry);
        long before = device.memory().freeBytes();
        entry.exec = graph.instantiate();
        bytes += Math.max(0, before - device.memory().freeBytes());
      }
      entry.splits = splits;
    }
  }

  /** The stream must not stay in capture. */
  private static void endSpoilt(Stream stream, Throwable cause) {
    try {
      stream.endCapture().close();
    } catch (HipException e) {
      cause.addSuppressed(e);
    }
  }

  private static void close(Entry entry) {
    if (entry.exec != null) {
      GraphExec old = entry.exec;
      entry.exec = null;
      old.close();
    }
  }

  GraphHealth health() {
    return new GraphHealth(
        captures, replays, hits, misses, updates, fallbacks, bytes, reserved, reasons);
  }

  @Override
  public void close() {
    var closing = new Closing();
    entries.values().forEach(entry -> closing.add(entry.exec));
    entries.clear();
    closing.run();
  }
}
