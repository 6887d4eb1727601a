package dev.rocmforge.reports.record;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;

/**
 * One measured thing of another tool's file.
 *
 * @param name as the file names it
 * @param labels everything else that the file says of it, as text
 * @param unit as the file spells it; empty where it has none
 * @param better which way is good, where the format says so
 * @param value what the file states as the result: an average or a median, as its tool computes it
 * @param low lower end of the interval that the file states
 * @param high upper end of it
 * @param samples single values in the order of the file; empty where it holds none
 */
public record ImportedFigure(
    String name,
    SortedMap<String, String> labels,
    String unit,
    Better better,
    OptionalDouble value,
    OptionalDouble low,
    OptionalDouble high,
    List<Double> samples) {
  /** Which way is good. */
  public enum Better {
    @JsonProperty("higher")
    HIGHER("higher"),
    @JsonProperty("lower")
    LOWER("lower"),
    @JsonProperty("unknown")
    UNKNOWN("unknown");

    private final String label;

    Better(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  public ImportedFigure {
    Require.text(name, "figure.name");
    labels = Sorted.copyOf(labels, "figure.labels");
    Require.present(unit, "figure.unit");
    Require.present(better, "figure.better");
    Require.present(value, "figure.value");
    Require.present(low, "figure.low");
    Require.present(high, "figure.high");
    samples = List.copyOf(Require.present(samples, "figure.samples"));
    Require.that(
        value.isPresent() || !samples.isEmpty(), "figure.value", "a value or samples", "neither");
  }
}
