package dev.rocmforge.bench.models;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What was fetched, and what its digest was held against.
 *
 * @param model name in the manifest
 * @param files one entry a file
 */
public record Receipt(String model, List<Entry> files) {
  /**
   * One file.
   *
   * @param file its name
   * @param bytes its size
   * @param sha256 computed from the bytes on disk
   * @param checkedAgainst who stated the same digest; {@code nothing} if the source stated none
   * @param origin address or package it came from
   */
  public record Entry(
      String file, long bytes, String sha256, String checkedAgainst, String origin) {}

  public Receipt {
    files = List.copyOf(files);
  }

  void write(Path target) throws IOException {
    Files.writeString(
        target,
        JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(this));
  }
}
