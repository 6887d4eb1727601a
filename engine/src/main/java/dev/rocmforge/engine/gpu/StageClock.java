package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.Event;
import dev.rocmforge.engine.hip.Stream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Times a decode step and its stages by events: before the token is copied to the device, around
 * every run of launches of one stage, and behind the copy of the result.
 *
 * <pre>
 * | begin | copies | first | stage | stage | ... | last | copies | end |
 * </pre>
 */
final class StageClock implements AutoCloseable {
  private static final int BEGIN = 0;
  private static final int FIRST = 1;

  private final Device device;
  private final List<Event> events = new ArrayList<>();
  private final List<DecodeStage> stages = new ArrayList<>();

  StageClock(Device device) {
    this.device = device;
  }

  /** The step begins here. */
  void begin(Stream stream) {
    event(BEGIN).record(stream);
  }

  /** Queues the program, launch by launch. */
  void run(Program program, Stream stream, int splits) {
    stages.clear();
    event(FIRST).record(stream);
    for (int i = 0; i < program.size(); i++) {
      program.runStep(i, stream, 1, splits);
      if (i + 1 == program.size() || program.stage(i + 1) != program.stage(i)) {
        stages.add(program.stage(i));
        event(FIRST + stages.size()).record(stream);
      }
    }
  }

  /** The step ends here. */
  void end(Stream stream) {
    event(FIRST + stages.size() + 1).record(stream);
  }

  /** The times, once the stream is done. */
  DecodeProfile read() {
    Map<DecodeStage, Double> micros = new EnumMap<>(DecodeStage.class);
    for (int i = 0; i < stages.size(); i++) {
      micros.merge(stages.get(i), micros(FIRST + i, FIRST + i + 1), Double::sum);
    }
    return new DecodeProfile(1, micros, micros(BEGIN, FIRST + stages.size() + 1));
  }

  private double micros(int from, int to) {
    return 1e3 * events.get(to).millisSince(events.get(from));
  }

  private Event event(int index) {
    while (events.size() <= index) {
      events.add(device.newEvent());
    }
    return events.get(index);
  }

  @Override
  public void close() {
    var closing = new Closing();
    events.forEach(closing::add);
    closing.run();
  }
}
