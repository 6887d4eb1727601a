package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.gpu.DecodeProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The stages of decoding as a table, one string a line. */
final class ProfileLines {
  private ProfileLines() {}

  /** Milliseconds a step; the stages, their sum, what they leave unexplained, and the step. */
  static List<String> of(DecodeProfile profile) {
    List<String> lines = new ArrayList<>();
    profile
        .stageMicros()
        .forEach((stage, micros) -> lines.add(line(stage.word(), micros, profile)));
    lines.add(line("sum_of_stages", profile.sumMicros(), profile));
    lines.add(line("unexplained", profile.restMicros(), profile));
    lines.add(line("step", profile.stepMicros(), profile));
    return lines;
  }

  private static String line(String name, double micros, DecodeProfile profile) {
    return String.format(
        Locale.ROOT,
        "PROFILE decode_stage name=%-17s ms=%.4f share=%.1f%% steps=%d",
        name,
        micros / 1e3 / profile.steps(),
        100 * micros / profile.stepMicros(),
        profile.steps());
  }
}
