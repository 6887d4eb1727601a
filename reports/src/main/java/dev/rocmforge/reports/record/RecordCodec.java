package dev.rocmforge.reports.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.InjectableValues;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.rocmforge.reports.ReportException;
import java.util.Optional;

/**
 * The one JSON form of a {@link RunRecord}: every field always present, absent values as {@code
 * null}, maps in key order; equal records give equal bytes. Reading refuses unknown versions,
 * unknown fields and missing ones.
 */
public final class RecordCodec {
  /** Class-path resource of the JSON Schema of {@link RunRecord#SCHEMA_VERSION}. */
  public static final String SCHEMA_RESOURCE =
      "/dev/rocmforge/reports/record/run-record.schema.json";

  private static final String WRITTEN_HERE = "{\"schemaVersion\":" + RunRecord.SCHEMA_VERSION + ",";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .injectableValues(
              new InjectableValues.Std().addValue(Environment.NO_FITNESS, Optional.empty()))
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  private RecordCodec() {}

  /** The record on one line, without the line's end. */
  public static String line(HistoryEntry record) {
    try {
      return MAPPER.writeValueAsString(record);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a record always has a JSON form", e);
    }
  }

  /** One check on one line, without the line's end, in the form it has inside a run record. */
  public static String line(CheckRecord check) {
    try {
      return MAPPER.writeValueAsString(check);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a check always has a JSON form", e);
    }
  }

  /**
   * Reads one check as {@link #line(CheckRecord)} writes it.
   *
   * @param place where the text comes from, for errors
   * @throws ReportException naming the place, the field and what was found
   */
  public static CheckRecord readCheck(String place, String json) {
    try {
      return MAPPER.readValue(json, CheckRecord.class);
    } catch (JsonMappingException e) {
      throw new ReportException(place + ": " + field(e) + reason(e), e);
    } catch (JsonProcessingException e) {
      throw new ReportException(place + ": no check in JSON: " + reason(e), e);
    }
  }

  /** The record indented by two blanks, arrays of numbers on one line, with a final line feed. */
  public static String pretty(RunRecord record) {
    return indented(record);
  }

  /** A frontier in the form of {@link #pretty(RunRecord)}. */
  public static String pretty(FrontierRecord record) {
    return indented(record);
  }

  /**
   * Reads a frontier.
   *
   * @param place where the text comes from, for errors
   * @throws ReportException naming the place, the field and what was found
   */
  public static FrontierRecord readFrontier(String place, String json) {
    try {
      return MAPPER.readValue(json, FrontierRecord.class);
    } catch (JsonMappingException e) {
      throw new ReportException(place + ": " + field(e) + reason(e), e);
    } catch (JsonProcessingException e) {
      throw new ReportException(place + ": no frontier in JSON: " + reason(e), e);
    }
  }

  private static String indented(Object record) {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    try {
      return MAPPER.writer(printer).writeValueAsString(record) + "\n";
    } catch (JsonProcessingException e) {
      throw new AssertionError("a record always has a JSON form", e);
    }
  }

  /**
   * Reads one record.
   *
   * @param place where the text comes from, for errors: {@code runs.jsonl line 3}
   * @throws ReportException naming the place, the field and what was found
   */
  public static RunRecord read(String place, String json) {
    HistoryEntry entry = readEntry(place, json);
    if (entry instanceof RunRecord record) {
      return record;
    }
    throw new ReportException(place + ": a run record needed, imported figures found");
  }

  /**
   * Reads one line of a history.
   *
   * @param place where the text comes from, for errors: {@code runs.jsonl line 3}
   * @throws ReportException naming the place, the field and what was found
   */
  public static HistoryEntry readEntry(String place, String json) {
    if (json.startsWith(WRITTEN_HERE)) {
      try {
        return MAPPER.readValue(json, RunRecord.class);
      } catch (JsonProcessingException e) {
        // The slower way below tells what is wrong with it.
      }
    }
    try {
      JsonNode tree = MAPPER.readTree(json);
      if (tree.has("importVersion")) {
        requireVersion(place, tree, "importVersion", ImportedRecord.IMPORT_VERSION);
        return MAPPER.treeToValue(tree, ImportedRecord.class);
      }
      requireVersion(place, tree, "schemaVersion", RunRecord.SCHEMA_VERSION);
      completeDevice(tree);
      return MAPPER.treeToValue(tree, RunRecord.class);
    } catch (JsonMappingException e) {
      throw new ReportException(place + ": " + field(e) + reason(e), e);
    } catch (JsonProcessingException e) {
      throw new ReportException(
          place + ": no JSON at character " + e.getLocation().getCharOffset() + ": " + reason(e),
          e);
    }
  }

  /** What the engine chose on a device was not kept at first. */
  private static void completeDevice(JsonNode tree) {
    if (tree.at("/environment/device") instanceof ObjectNode device && !device.has("dispatch")) {
      device.putObject("dispatch");
    }
  }

  private static void requireVersion(String place, JsonNode tree, String field, int known) {
    JsonNode version = tree.path(field);
    if (!version.isInt()) {
      throw new ReportException(place + ": no run record: a schemaVersion needed, none found");
    }
    if (version.intValue() != known) {
      throw new ReportException(
          place
              + ": schema version "
              + version.intValue()
              + ", but this rocmforge reads version "
              + known
              + " only");
    }
  }

  private static String field(JsonMappingException error) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference reference : error.getPath()) {
      if (reference.getFieldName() == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
      }
    }
    return path.isEmpty() ? "" : path + ": ";
  }

  private static String reason(JsonProcessingException error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof ReportException) {
        return cause.getMessage();
      }
    }
    return error.getOriginalMessage();
  }
}
