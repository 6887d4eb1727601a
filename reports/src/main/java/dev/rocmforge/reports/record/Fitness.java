package dev.rocmforge.reports.record;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/**
 * Whether the machine was fit to measure on, and the facts behind that word.
 *
 * @param verdict the word
 * @param remarks what speaks against it, in sentences; empty for a fit machine
 * @param facts clocks, governor, temperature, load, timer, spread, drivers: by name, with units
 */
public record Fitness(Word verdict, List<String> remarks, SortedMap<String, String> facts) {
  /** How far times of this machine can be trusted. */
  public enum Word {
    /** Nothing speaks against it. */
    @JsonProperty("fit")
    FIT,
    /** Times scatter or clocks move: compare only within one run, interleaved. */
    @JsonProperty("restless")
    RESTLESS,
    /** Times say nothing. */
    @JsonProperty("unfit")
    UNFIT;

    /** The word in lower case. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Fitness {
    Require.present(verdict, "fitness.verdict");
    remarks = List.copyOf(Require.present(remarks, "fitness.remarks"));
    facts = Sorted.copyOf(facts, "fitness.facts");
    Require.that(
        (verdict == Word.FIT) == remarks.isEmpty(),
        "fitness.remarks",
        "remarks exactly when not fit",
        verdict + ", " + remarks);
  }
}
