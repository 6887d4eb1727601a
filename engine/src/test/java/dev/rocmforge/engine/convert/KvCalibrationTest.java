package dev.rocmforge.engine.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.compress.KvLatent;
import dev.rocmforge.engine.compress.Projection;
import dev.rocmforge.engine.session.KvCache;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;

class KvCalibrationTest {
  private static final int WIDTH = 24;
  private static final int ROWS = 300;
  private static final Random RANDOM = new Random(5);

  /** Rows around a mean, with spreads from 8 down to almost nothing along oblique directions. */
  private static float[] rows(float offset) {
    double[][] mix = new double[WIDTH][WIDTH];
    for (double[] row : mix) {
      for (int i = 0; i < WIDTH; i++) {
        row[i] = RANDOM.nextGaussian();
      }
    }
    float[] rows = new float[ROWS * WIDTH];
    for (int r = 0; r < ROWS; r++) {
      for (int k = 0; k < WIDTH; k++) {
        double step = RANDOM.nextGaussian() * 8 * Math.pow(0.7, k);
        for (int i = 0; i < WIDTH; i++) {
          rows[r * WIDTH + i] += (float) (step * mix[k][i]);
        }
      }
      for (int i = 0; i < WIDTH; i++) {
        rows[r * WIDTH + i] += offset * (i + 1);
      }
    }
    return rows;
  }

  private static KvCalibration seen(float[] keys, float[] values) {
    var calibration = new KvCalibration();
    calibration.observe(Stage.KEY, 0, new float[WIDTH], 1, WIDTH, 0);
    calibration.observe(Stage.ROTATED_KEY, 0, keys, ROWS, WIDTH, 0);
    calibration.observe(Stage.VALUE, 0, values, ROWS, WIDTH, 0);
    return calibration;
  }

  /** Mean squared distance of what the cache gives from what was stored. */
  private static double loss(KvLatent latent, float[] keys, float[] values, boolean ofKeys) {
    KvCache cache = KvCache.of(KvStorage.of(KvType.F32), latent, WIDTH / 2, WIDTH / 2, ROWS);
    cache.reserve(ROWS);
    cache.store(0, 0, ROWS, keys, values);
    double sum = 0;
    for (int r = 0; r < ROWS; r++) {
      for (int i = 0; i < WIDTH; i++) {
        double found = ofKeys ? cache.key(0, r, i) : cache.value(0, r, i);
        double apart = found - (ofKeys ? keys : values)[r * WIDTH + i];
        sum += apart * apart;
      }
    }
    return sum / ROWS;
  }

  /** What is lost is the variance along the directions left out, by another decomposition. */
  @Test
  void theLossIsTheTailOfTheSpectrum() {
    float[] keys = rows(3);
    float[] values = rows(-1);
    for (int rank : new int[] {1, 7, 12, 23}) {
      KvLatent latent = seen(keys, values).fit(rank);
      for (boolean ofKeys : new boolean[] {true, false}) {
        double expected = tail(ofKeys ? keys : values, rank);
        double found = loss(latent, keys, values, ofKeys);
        assertEquals(expected, found, 1e-3 * expected + 1e-7, "rank " + rank);
      }
    }
  }

  private static double tail(float[] rows, int rank) {
    double[][] centred = new double[ROWS][WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      double mean = 0;
      for (int r = 0; r < ROWS; r++) {
        mean += rows[r * WIDTH + i] / (double) ROWS;
      }
      for (int r = 0; r < ROWS; r++) {
        centred[r][i] = rows[r * WIDTH + i] - mean;
      }
    }
    double[] singular =
        new SingularValueDecomposition(new Array2DRowRealMatrix(centred)).getSingularValues();
    double sum = 0;
    for (int k = rank; k < WIDTH; k++) {
      sum += singular[k] * singular[k] / ROWS;
    }
    return sum;
  }

  @Test
  void rowsOfTheBasisAreOrthonormal() {
    Projection keys = seen(rows(1), rows(1)).fit(12).layers().getFirst().keys();
    float[] basis = keys.basis();
    for (int a = 0; a < 12; a++) {
      for (int b = 0; b <= a; b++) {
        double dot = 0;
        for (int i = 0; i < WIDTH; i++) {
          dot += (double) basis[a * WIDTH + i] * basis[b * WIDTH + i];
        }
        assertEquals(a == b ? 1 : 0, dot, 1e-6);
      }
    }
  }

  @Test
  void axesBeatTheFirstValues() {
    float[] keys = rows(3);
    float[] values = rows(-1);
    KvLatent first = KvLatent.truncation(1, WIDTH, WIDTH, 12);
    KvLatent fitted = seen(keys, values).fit(12);
    assertTrue(
        loss(fitted, keys, values, true) < loss(first, keys, values, true) / 10,
        "keys as latents of 12 against their first 12 values");
    assertEquals(2 * 12 * 4, fitted.bytes(KvStorage.of(KvType.F32)));
  }

  @Test
  void tooFewPositionsOrTooManyDirections() {
    InputException few = assertThrows(InputException.class, () -> new KvCalibration().fit(4));
    assertTrue(few.getMessage().contains("more than 4 positions needed"), few::getMessage);
    KvCalibration calibration = seen(rows(0), rows(0));
    InputException many = assertThrows(InputException.class, () -> calibration.fit(25));
    assertTrue(many.getMessage().contains("at most 24 directions"), many::getMessage);
  }

  @Test
  void latentsAreNotCoded() {
    KvLatent latent = KvLatent.truncation(1, WIDTH, WIDTH, 12);
    KvStorage coded = KvStorage.parse("turbo4");
    InputException refused =
        assertThrows(InputException.class, () -> KvCache.of(coded, latent, 12, 12, 8));
    assertTrue(refused.getMessage().contains("f32 or f16, turbo4 given"), refused::getMessage);
  }
}
