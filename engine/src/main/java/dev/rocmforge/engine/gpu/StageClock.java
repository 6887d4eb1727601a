package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.Event;
import dev.rocmforge.engine.hip.Stream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Times the stages of a program by events around every run of launches of one stage. */
final class StageClock implements AutoCloseable {
  private final Device device;
  private final List<Event> events = new ArrayList<>();

  StageClock(Device device) {
    this.device = device;
  }

  /** Runs the program, waits for it and returns the times. */
  DecodeProfile time(Program program, Stream stream, int splits) {
    List<DecodeStage> stages = new ArrayList<>();
    event(0).record(stream);
    for (int i = 0; i < program.size(); i++) {
      program.runStep(i, stream, 1, splits);
      if (i + 1 == program.size() || program.stage(i + 1) != program.stage(i)) {
        stages.add(program.stage(i));
        event(stages.size()).record(stream);
      }
    }
    stream.synchronize();
    Map<DecodeStage, Double> micros = new EnumMap<>(DecodeStage.class);
    for (int i = 0; i < stages.size(); i++) {
      micros.merge(stages.get(i), 1e3 * events.get(i + 1).millisSince(events.get(i)), Double::sum);
    }
    double step = 1e3 * events.get(stages.size()).millisSince(events.getFirst());
    return new DecodeProfile(micros, step);
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
