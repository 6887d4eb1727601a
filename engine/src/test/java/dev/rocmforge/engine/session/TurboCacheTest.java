package dev.rocmforge.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The coded cache against its definition in double arithmetic, and against its stated errors. */
class TurboCacheTest {
  private static final int POSITIONS = 4200;
  private static final int HEADS = 2;
  private static final long SEED = 7;

  /** Most relative root mean square error of an inner product, and of a stored value. */
  private static final Map<KvType, Double> MOST =
      Map.of(KvType.TURBO2, 0.35, KvType.TURBO3, 0.19, KvType.TURBO4, 0.10);

  static Stream<Arguments> turbo() {
    return MOST.keySet().stream()
        .flatMap(type -> Stream.of(32, 64, 80, 96, 128).map(length -> Arguments.of(type, length)));
  }

  private static float[] gaussian(int count, long seed) {
    var random = new Random(seed);
    float[] all = new float[count];
    for (int i = 0; i < count; i++) {
      all[i] = (float) (random.nextGaussian() * 3);
    }
    return all;
  }

  private static KvCache cache(KvStorage storage, int length, float[] keys, float[] values) {
    KvCache cache = KvCache.of(storage, 1, HEADS, length, length, POSITIONS);
    cache.reserve(POSITIONS);
    cache.store(0, 0, POSITIONS, keys, values);
    cache.setPositions(POSITIONS);
    return cache;
  }

  private static double[] head(float[] all, int position, int head, int length) {
    double[] one = new double[length];
    for (int i = 0; i < length; i++) {
      one[i] = all[(position * HEADS + head) * length + i];
    }
    return one;
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  /** Inner products with queries as attention forms them, and what they ought to be. */
  @SuppressWarnings("ArrayRecordComponent") // never compared; a record for its accessors
  private record Products(double[] found, double[] exact) {
    static Products of(KvCache cache, int length, float[] keys) {
      CodedSide side = (CodedSide) cache.keys();
      float[] queries = gaussian(POSITIONS * HEADS * length, 99);
      float[] prepared = new float[side.readLength()];
      float[] read = new float[side.readLength()];
      double[] found = new double[POSITIONS];
      double[] exact = new double[POSITIONS];
      for (int p = 0; p < POSITIONS; p++) {
        int head = p % HEADS;
        side.prepareQuery(queries, (p * HEADS + head) * length, prepared, 0, new float[length]);
        side.read(0, p, 1, head, read);
        for (int i = 0; i < read.length; i++) {
          found[p] += (double) prepared[i] * read[i];
        }
        exact[p] = dot(head(queries, p, head, length), head(keys, p, head, length));
      }
      return new Products(found, exact);
    }

    double relativeError() {
      double error = 0;
      for (int i = 0; i < found.length; i++) {
        error += (found[i] - exact[i]) * (found[i] - exact[i]);
      }
      return Math.sqrt(error / dot(exact, exact));
    }

    double slope() {
      return dot(found, exact) / dot(exact, exact);
    }
  }

  @ParameterizedTest
  @MethodSource("turbo")
  void innerProducts(KvType type, int length) {
    float[] keys = gaussian(POSITIONS * HEADS * length, 1);
    KvCache cache = cache(KvStorage.of(type).withSeed(SEED), length, keys, keys);
    Products products = Products.of(cache, length, keys);
    System.out.printf(
        "%s, heads of %d: relative error of q k %.4f, slope %.4f%n",
        type.word(), length, products.relativeError(), products.slope());
    assertTrue(products.relativeError() <= MOST.get(type), "" + products.relativeError());
  }

  @ParameterizedTest
  @MethodSource("turbo")
  void theCorrectionLeavesNoBias(KvType type, int length) {
    float[] keys = gaussian(POSITIONS * HEADS * length, 1);
    KvStorage storage = new KvStorage(type, type, true, 0, SEED);
    Products products = Products.of(cache(storage, length, keys, keys), length, keys);
    System.out.printf(
        "%s, heads of %d: relative error of q k %.4f, slope %.4f%n",
        storage.word(), length, products.relativeError(), products.slope());
    assertEquals(1, products.slope(), 0.02);
  }

  @ParameterizedTest
  @MethodSource("turbo")
  void storesWhatTheDefinitionSays(KvType type, int length) {
    float[] values = gaussian(POSITIONS * HEADS * length, 2);
    KvCache cache = cache(KvStorage.of(type).withSeed(SEED), length, values, values);
    var exact = new DoubleTurbo(type.bits(), new HeadRotation(length, SEED).signs());
    double error = 0;
    double signal = 0;
    int apart = 0;
    for (int p = 0; p < 200; p++) {
      double[] original = head(values, p, 1, length);
      double[] expected = exact.stored(original);
      double difference = 0;
      for (int i = 0; i < length; i++) {
        double found = cache.value(0, p, length + i);
        difference += (found - expected[i]) * (found - expected[i]);
        error += (found - original[i]) * (found - original[i]);
      }
      signal += dot(original, original);
      // The scale is rounded to f16; a value within rounding of a border may take another level.
      apart += Math.sqrt(difference / dot(expected, expected)) > 1e-3 ? 1 : 0;
    }
    assertTrue(apart <= 1, apart + " of 200 heads differ from the definition");
    assertTrue(Math.sqrt(error / signal) <= MOST.get(type), "" + Math.sqrt(error / signal));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void levelsAreLloydsAndMaxs(int bits) {
    double[] exact = DoubleTurbo.lloydMax(1 << bits);
    float[] levels = new TurboCode(bits).levels();
    for (int i = 0; i < exact.length; i++) {
      assertEquals(exact[i], levels[i], 1e-6);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 32, 40, 64, 80, 96, 127, 128, 160, 256})
  void theRotationIsOrthonormalAndItsOwnInverse(int length) {
    var rotation = new HeadRotation(length, SEED);
    var exact = new DoubleTurbo(2, rotation.signs());
    float[] x = gaussian(length, 3);
    double[] wide = new double[length];
    for (int i = 0; i < length; i++) {
      wide[i] = x[i];
    }
    float[] turned = x.clone();
    rotation.turn(turned, 0, new float[length]);
    double[] expected = exact.turn(wide);
    assertEquals(dot(wide, wide), dot(expected, expected), 1e-9 * dot(wide, wide));
    for (int i = 0; i < length; i++) {
      assertEquals(expected[i], turned[i], 1e-4, "coordinate " + i);
    }
    rotation.turnBack(turned, 0, new float[length]);
    for (int i = 0; i < length; i++) {
      assertEquals(x[i], turned[i], 1e-4, "coordinate " + i);
    }
  }

  @Test
  void memory() {
    KvStorage halves = KvStorage.of(KvType.F16);
    double four = (double) halves.bytes(8, 64, 64) / KvStorage.of(KvType.TURBO4).bytes(8, 64, 64);
    double three = (double) halves.bytes(8, 64, 64) / KvStorage.of(KvType.TURBO3).bytes(8, 64, 64);
    assertTrue(four >= 3.7, "" + four);
    assertTrue(three >= 4.7, "" + three);
  }

  @ParameterizedTest
  @ValueSource(strings = {"q8_0", "turbo2", "turbo3", "turbo4", "turbo4+qjl"})
  void notANumberIsNotLost(String word) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] all = gaussian(POSITIONS * HEADS * 32, 4);
      all[5] = bad;
      KvCache cache = cache(KvStorage.parse(word), 32, all, all);
      assertFalse(Float.isFinite(cache.key(0, 0, 5)), word + " " + bad);
      assertTrue(Float.isFinite(cache.key(0, 1, 5)), word);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"q8_0", "turbo2", "turbo3", "turbo4"})
  void zerosStayZeros(String word) {
    float[] zeros = new float[POSITIONS * HEADS * 40];
    KvCache cache = cache(KvStorage.parse(word), 40, zeros, zeros);
    for (int i = 0; i < 40; i++) {
      assertEquals(0, Math.abs(cache.key(0, 3, i)));
    }
  }

  @Test
  void signedBytes() {
    float[] keys = gaussian(POSITIONS * HEADS * 72, 5);
    KvCache cache = cache(KvStorage.of(KvType.Q8_0), 72, keys, keys);
    for (int p = 0; p < 100; p++) {
      for (int from : List.of(0, 32, 64)) {
        float most = 0;
        for (int i = from; i < Math.min(72, from + 32); i++) {
          most = Math.max(most, Math.abs(keys[p * 144 + i]));
        }
        for (int i = from; i < Math.min(72, from + 32); i++) {
          assertEquals(keys[p * 144 + i], cache.key(0, p, i), most / 254 + most / 1024);
        }
      }
    }
  }

  @Test
  void firstPositionsInFull() {
    float[] keys = gaussian(POSITIONS * HEADS * 64, 6);
    KvCache cache = cache(KvStorage.parse("turbo2+full3"), 64, keys, keys);
    assertEquals(keys[2 * 128 + 9], cache.key(0, 2, 9), 1e-5);
    assertTrue(Math.abs(keys[3 * 128 + 9] - cache.key(0, 3, 9)) > 1e-5);
  }
}
