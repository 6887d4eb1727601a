package dev.rocmforge.reports.record;

import java.util.List;

/**
 * What a search over the forms of a model's tensors found: no clock, no machine but the width of
 * its vectors, so that the same search leaves the same bytes.
 *
 * @param schemaVersion version of this shape; others are refused when read
 * @param model the source, and the reference of every divergence
 * @param method what was searched and measured on
 * @param points by bytes, the largest first; the frontier's and all others
 */
public record FrontierRecord(
    int schemaVersion, ModelFile model, Method method, List<FrontierPoint> points) {
  /** The version written by this build and the only one it reads. */
  public static final int SCHEMA_VERSION = 1;

  /**
   * How the points were measured.
   *
   * @param textSha256 of the text's tokens as little-endian 32-bit integers
   * @param seed of the choice of windows
   * @param window tokens in a window
   * @param calibrationWindows windows that sensitivities were measured on
   * @param windows other ones, that points were measured on
   * @param vectorBits of the backend
   * @param forms that were tried
   */
  public record Method(
      String textSha256,
      long seed,
      int window,
      int calibrationWindows,
      int windows,
      int vectorBits,
      List<String> forms) {
    public Method {
      Require.sha256(textSha256, "method.textSha256");
      Require.atLeast(1, window, "method.window");
      Require.atLeast(1, calibrationWindows, "method.calibrationWindows");
      Require.atLeast(1, windows, "method.windows");
      Require.atLeast(1, vectorBits, "method.vectorBits");
      forms = List.copyOf(Require.present(forms, "method.forms"));
    }
  }

  public FrontierRecord {
    Require.that(
        schemaVersion == SCHEMA_VERSION,
        "schemaVersion",
        "version " + SCHEMA_VERSION,
        schemaVersion);
    Require.present(model, "model");
    Require.present(method, "method");
    points = List.copyOf(Require.present(points, "points"));
  }

  /** The points that are no other's inferior, by bytes, the largest first. */
  public List<FrontierPoint> frontier() {
    return points.stream().filter(FrontierPoint::onFrontier).toList();
  }
}
