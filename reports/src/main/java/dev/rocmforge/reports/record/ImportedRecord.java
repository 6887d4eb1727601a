package dev.rocmforge.reports.record;

import java.util.List;

/**
 * The figures of another tool's file, taken over as they stand there. Nothing is computed or filled
 * in: what the file does not tell is missing here too, and {@code losses} says so in words. It is
 * never a run of ours: no check of ours stands behind it.
 *
 * @param importVersion version of this shape; other versions are refused when read
 * @param format which format it was read as, such as {@code llama-bench}
 * @param fileName of the file, without folders
 * @param fileSha256 of its bytes
 * @param losses what the format does not hold, or cannot be kept here
 * @param figures in the order of the file
 */
public record ImportedRecord(
    int importVersion,
    String format,
    String fileName,
    String fileSha256,
    List<String> losses,
    List<ImportedFigure> figures)
    implements HistoryEntry {
  /** The version written by this build and the only one it reads. */
  public static final int IMPORT_VERSION = 1;

  public ImportedRecord {
    Require.that(
        importVersion == IMPORT_VERSION,
        "importVersion",
        "version " + IMPORT_VERSION,
        importVersion);
    Require.text(format, "imported.format");
    Require.fileName(fileName, "imported.fileName");
    Require.sha256(fileSha256, "imported.fileSha256");
    losses = List.copyOf(Require.present(losses, "imported.losses"));
    figures = List.copyOf(Require.present(figures, "imported.figures"));
  }
}
