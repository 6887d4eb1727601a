package dev.rocmforge.reports.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.rocmforge.reports.ReportException;
import dev.rocmforge.reports.stats.RunComparison;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What the gate asks of each row; the file {@code ci/gate.json}.
 *
 * @param schemaVersion of this shape; others are refused
 * @param significance largest two-sided p-value of a change
 * @param power with which a change of {@code detect} must be found
 * @param smallestChange significant changes below it are no news: 0.01 is 1 %
 * @param detect a change that must not go unnoticed; where it could, the row is inconclusive
 * @param minimumRuns of either side
 * @param baselineRuns the latest runs of the baseline that are looked at
 * @param mostNoise from run to run; a less steady machine allows no verdict
 * @param rows what is otherwise for some rows; the first that matches counts
 */
public record GateSettings(
    int schemaVersion,
    double significance,
    double power,
    double smallestChange,
    double detect,
    int minimumRuns,
    int baselineRuns,
    double mostNoise,
    List<RowSettings> rows) {
  public static final int SCHEMA_VERSION = 1;

  private static final int MOST_BASELINE_RUNS = 500;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Settings of some rows.
   *
   * @param row name of the workload; {@code *} stands for any characters: {@code tg*}
   * @param smallestChange in place of the general one, where given
   * @param detect likewise
   * @param minimumRuns likewise
   */
  public record RowSettings(
      String row, OptionalDouble smallestChange, OptionalDouble detect, OptionalInt minimumRuns) {
    public RowSettings {
      require(row != null && !row.isBlank(), "rows.row", "a name", row);
      smallestChange = smallestChange == null ? OptionalDouble.empty() : smallestChange;
      detect = detect == null ? OptionalDouble.empty() : detect;
      minimumRuns = minimumRuns == null ? OptionalInt.empty() : minimumRuns;
      smallestChange.ifPresent(value -> share("rows.smallestChange", value));
      detect.ifPresent(value -> share("rows.detect", value));
      minimumRuns.ifPresent(value -> require(value >= 2, "rows.minimumRuns", "2 or more", value));
    }

    private boolean concerns(String name) {
      String[] parts = row.split("\\*", -1);
      StringBuilder pattern = new StringBuilder(Pattern.quote(parts[0]));
      for (int i = 1; i < parts.length; i++) {
        pattern.append(".*").append(Pattern.quote(parts[i]));
      }
      return Pattern.matches(pattern.toString(), name);
    }
  }

  public GateSettings {
    require(
        schemaVersion == SCHEMA_VERSION,
        "schemaVersion",
        "version " + SCHEMA_VERSION,
        schemaVersion);
    share("significance", significance);
    share("power", power);
    share("smallestChange", smallestChange);
    share("detect", detect);
    share("mostNoise", mostNoise);
    require(minimumRuns >= 2, "minimumRuns", "2 or more", minimumRuns);
    require(
        baselineRuns >= minimumRuns && baselineRuns <= MOST_BASELINE_RUNS,
        "baselineRuns",
        "minimumRuns to " + MOST_BASELINE_RUNS,
        baselineRuns);
    rows = rows == null ? List.of() : List.copyOf(rows);
  }

  private static void share(String field, double value) {
    require(value > 0 && value < 1, field, "a share between 0 and 1", value);
  }

  private static void require(boolean right, String field, String needed, Object found) {
    if (!right) {
      throw new ReportException(field + ": " + needed + " needed, found " + found);
    }
  }

  /** Without a file. */
  public static GateSettings standard() {
    RunComparison.Settings s = RunComparison.Settings.DEFAULT;
    return new GateSettings(
        SCHEMA_VERSION,
        s.significance(),
        s.power(),
        s.smallestChange(),
        s.detect(),
        s.minimumRuns(),
        50,
        s.mostNoise(),
        List.of());
  }

  /**
   * Reads the file's text.
   *
   * @throws ReportException naming the place and the field
   */
  public static GateSettings read(String place, String json) {
    try {
      return MAPPER.readValue(json, GateSettings.class);
    } catch (JsonProcessingException e) {
      String why =
          e.getCause() instanceof ReportException told ? told.getMessage() : e.getOriginalMessage();
      throw new ReportException(place + ": " + why, e);
    }
  }

  /** What counts as a change in a row. */
  public RunComparison.Settings of(String name) {
    for (RowSettings special : rows) {
      if (special.concerns(name)) {
        return new RunComparison.Settings(
            significance,
            power,
            special.smallestChange().orElse(smallestChange),
            special.detect().orElse(detect),
            special.minimumRuns().orElse(minimumRuns),
            mostNoise);
      }
    }
    return new RunComparison.Settings(
        significance, power, smallestChange, detect, minimumRuns, mostNoise);
  }

  /** The same with the error budget shared by so many looks at growing samples (Bonferroni). */
  public GateSettings sharedBy(int looks) {
    return new GateSettings(
        schemaVersion,
        significance / looks,
        power,
        smallestChange,
        detect,
        minimumRuns,
        baselineRuns,
        mostNoise,
        rows);
  }
}
