package dev.rocmforge.reports.store;

import dev.rocmforge.reports.ReportException;
import dev.rocmforge.reports.record.KernelSpeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The table that {@code bench kernels} prints, kept as a file; tables of several calls may follow
 * each other.
 *
 * @param device the first line without its mark: device, runtime, architecture
 * @param speeds a row each
 */
public record KernelSpeedFile(String device, List<KernelSpeed> speeds) {
  private static final String HEAD =
      "kernel\trows\tcolumns\tshape\tcold_us\tcold_GB_s\twarm_us\twarm_GB_s\terror\tverdict";

  public KernelSpeedFile {
    speeds = List.copyOf(speeds);
  }

  /**
   * Reads a table.
   *
   * @throws ReportException naming the line where it is none
   */
  public static KernelSpeedFile read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new ReportException(file + ": kernel speeds not readable: " + e.getMessage(), e);
    }
    if (lines.size() < 2 || !lines.get(0).startsWith("# ") || !lines.get(1).equals(HEAD)) {
      throw new ReportException(file + ": the table that 'bench kernels' prints needed");
    }
    List<KernelSpeed> speeds = new ArrayList<>();
    for (int i = 2; i < lines.size(); i++) {
      String line = lines.get(i);
      String place = file + " line " + (i + 1);
      if (line.startsWith("# ") && !line.equals(lines.get(0))) {
        throw new ReportException(place + ": one device a file needed, another found");
      }
      if (!line.isBlank() && !line.startsWith("# ") && !line.equals(HEAD)) {
        speeds.add(row(place, line.split("\t", -1)));
      }
    }
    return new KernelSpeedFile(lines.get(0).substring(2), speeds);
  }

  private static KernelSpeed row(String place, String[] cells) {
    if (cells.length != 10) {
      throw new ReportException(place + ": 10 columns needed, " + cells.length + " found");
    }
    try {
      return new KernelSpeed(
          cells[0],
          Long.parseLong(cells[1]),
          Long.parseLong(cells[2]),
          Double.parseDouble(cells[4]),
          Double.parseDouble(cells[5]),
          Double.parseDouble(cells[6]),
          Double.parseDouble(cells[7]),
          cells[9].equals("right"));
    } catch (NumberFormatException e) {
      throw new ReportException(place + ": numbers needed: " + e.getMessage(), e);
    }
  }
}
