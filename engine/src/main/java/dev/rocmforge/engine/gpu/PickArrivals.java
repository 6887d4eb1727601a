package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.Event;
import dev.rocmforge.engine.hip.Stream;

/**
 * Brings picked tokens to the host while the device goes on: copies run on a stream of their own,
 * since one between two steps would hold up the second.
 */
final class PickArrivals implements AutoCloseable {
  /** A step under way and the one before it. */
  private static final int UNDER_WAY = 2;

  private final Closing closing = new Closing();
  private final Stream copies;
  private final Event[] picked = new Event[UNDER_WAY];
  private final Event[] arrived = new Event[UNDER_WAY];

  PickArrivals(Device device) {
    try {
      copies = closing.add(device.newStream());
      for (int i = 0; i < UNDER_WAY; i++) {
        picked[i] = closing.add(device.newEvent());
        arrived[i] = closing.add(device.newEvent());
      }
    } catch (RuntimeException | Error e) {
      closing.runAfter(e);
      throw e;
    }
  }

  /** Queues the copy of the token that the work on {@code stream} picks for {@code position}. */
  void queue(int position, Control control, Stream stream) {
    int slot = position % UNDER_WAY;
    picked[slot].record(stream);
    copies.waitFor(picked[slot]);
    control.downloadHistory(position, 1, copies);
    arrived[slot].record(copies);
  }

  /** Waits for the token of {@code position}. */
  int await(int position, Control control) {
    arrived[position % UNDER_WAY].synchronize();
    return control.picked(position);
  }

  @Override
  public void close() {
    closing.run();
  }
}
