package dev.rocmforge.engine.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width, chosen once when the class is loaded, and the float kernels that every format
 * shares. The width is the machine's own, or {@code -Drocmforge.vector.bits} (128, 256 or 512).
 */
final class Lanes {
  static final VectorSpecies<Float> FLOATS = species();
  static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

  /** Floats in a vector. */
  static final int COUNT = FLOATS.length();

  private static final float LOG2_E = (float) (1 / Math.log(2));
  // ln 2 in two parts: the first has few bits, so that n * LN2_HIGH is exact.
  private static final float LN2_HIGH = 355f / 512;
  private static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);

  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private Lanes() {}

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane + lanes) % COUNT);
  }

  /**
   * Sum of all lanes: halves added to each other until one is left. {@code reduceLanes} leaves the
   * order open, and interpreted and compiled code differ in it, so that the same prompt gave other
   * last bits after the compiler had done its work.
   */
  static float sum(FloatVector lanes) {
    FloatVector v = lanes;
    if (COUNT >= 16) {
      v = v.add(v.rearrange(BY_8));
    }
    if (COUNT >= 8) {
      v = v.add(v.rearrange(BY_4));
    }
    v = v.add(v.rearrange(BY_2));
    return v.add(v.rearrange(BY_1)).lane(0);
  }

  private static VectorSpecies<Float> species() {
    int bits =
        Integer.getInteger("rocmforge.vector.bits", FloatVector.SPECIES_PREFERRED.vectorBitSize());
    return VectorSpecies.of(float.class, VectorShape.forBitSize(Math.min(bits, 512)));
  }

  /**
   * As {@link #sum(FloatVector)}, in the same order, of lanes that lie in an array; destroys them.
   */
  static float sum(float[] lanes, int at) {
    for (int half = COUNT / 2; half > 0; half /= 2) {
      for (int i = at; i < at + half; i++) {
        lanes[i] += lanes[i + half];
      }
    }
    return lanes[at];
  }

  /** {@link #sum(FloatVector)} of each of {@code count} vectors that follow one another. */
  static void sums(float[] lanes, int count, float[] out, int to) {
    int i = 0;
    do {
      out[to + i] = sum(load(lanes, i * COUNT));
    } while (++i < count);
  }

  /** Sum of {@code a[ao + i] * b[bo + i]}. */
  static float dot(float[] a, int ao, float[] b, int bo, int count) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = sum0;
    int i = 0;
    for (; i <= count - 2 * COUNT; i += 2 * COUNT) {
      sum0 = load(a, ao + i).fma(load(b, bo + i), sum0);
      sum1 = load(a, ao + i + COUNT).fma(load(b, bo + i + COUNT), sum1);
    }
    for (; i <= count - COUNT; i += COUNT) {
      sum0 = load(a, ao + i).fma(load(b, bo + i), sum0);
    }
    float sum = sum(sum0.add(sum1));
    for (; i < count; i++) {
      sum += a[ao + i] * b[bo + i];
    }
    return sum;
  }

  /** {@code y[yo + i] += factor * x[xo + i]}. */
  static void addScaled(float[] y, int yo, float factor, float[] x, int xo, int count) {
    int i = 0;
    for (; i <= count - COUNT; i += COUNT) {
      load(x, xo + i)
          .fma(FloatVector.broadcast(FLOATS, factor), load(y, yo + i))
          .intoArray(y, yo + i);
    }
    for (; i < count; i++) {
      y[yo + i] += factor * x[xo + i];
    }
  }

  static FloatVector load(float[] a, int at) {
    return FloatVector.fromArray(FLOATS, a, at);
  }

  /**
   * e^x with a relative error under 3e-7 for x in [-87, 88]; beyond, the value at the border. NaN
   * stays NaN. Range reduction to |r| <= ln(2)/2 and a polynomial of degree 6.
   */
  static FloatVector exp(FloatVector x) {
    FloatVector bounded = x.max(-87f).min(88f);
    // Adding and taking away 1.5 * 2^23 rounds to the nearest whole number.
    FloatVector n = bounded.mul(LOG2_E).add(12582912f).sub(12582912f);
    FloatVector r =
        n.fma(
            FloatVector.broadcast(FLOATS, -LN2_LOW),
            n.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), bounded));
    FloatVector p =
        r.fma(FloatVector.broadcast(FLOATS, 1f / 720), FloatVector.broadcast(FLOATS, 1f / 120));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 24));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 6));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 0.5f));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
    IntVector power =
        ((IntVector) n.convert(VectorOperators.F2I, 0)).add(127).lanewise(VectorOperators.LSHL, 23);
    return p.mul(power.reinterpretAsFloats());
  }

  /** {@code out[i] = silu(gate[i]) * up[i]} for {@code i} in {@code [from, to)}. */
  static void swiGlu(float[] gate, float[] up, float[] out, int from, int to) {
    int i = from;
    FloatVector one = FloatVector.broadcast(FLOATS, 1);
    for (; i <= to - COUNT; i += COUNT) {
      FloatVector g = load(gate, i);
      g.div(exp(g.neg()).add(one)).mul(load(up, i)).intoArray(out, i);
    }
    if (i < to) {
      // The same arithmetic for the ragged end: where it lies depends on how many rows there are.
      VectorMask<Float> inside = FLOATS.indexInRange(i, to);
      FloatVector g = FloatVector.fromArray(FLOATS, gate, i, inside);
      g.div(exp(g.neg()).add(one))
          .mul(FloatVector.fromArray(FLOATS, up, i, inside))
          .intoArray(out, i, inside);
    }
  }

  /**
   * Replaces {@code x} by {@code exp(x - max)} and returns the sum.
   *
   * @param max the largest of the values
   */
  static float expShifted(float[] x, int from, int count, float max) {
    int tail = from + count - count % COUNT;
    float sum = 0;
    if (tail > from) {
      expShiftedVectors(x, from, tail, max);
      sum = sumVectors(x, from, tail);
    }
    for (int i = tail; i < from + count; i++) {
      float e = (float) Math.exp(x[i] - max);
      x[i] = e;
      sum += e;
    }
    return sum;
  }

  /**
   * Whole vectors, one at least, by {@link #exp} written out. C2 calls out of line what it has
   * seldom seen, such as exp in a softmax over a few positions, and every vector that crosses a
   * call is an object; the Vector API's own methods it always inlines.
   */
  private static void expShiftedVectors(float[] x, int from, int to, float max) {
    int i = from;
    do {
      FloatVector bounded = FloatVector.fromArray(FLOATS, x, i).sub(max).max(-87f).min(88f);
      FloatVector n = bounded.mul(LOG2_E).add(12582912f).sub(12582912f);
      FloatVector r =
          n.fma(
              FloatVector.broadcast(FLOATS, -LN2_LOW),
              n.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), bounded));
      FloatVector p =
          r.fma(FloatVector.broadcast(FLOATS, 1f / 720), FloatVector.broadcast(FLOATS, 1f / 120));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 24));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 6));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0.5f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
      IntVector whole = (IntVector) n.convert(VectorOperators.F2I, 0);
      IntVector power = whole.add(127).lanewise(VectorOperators.LSHL, 23);
      p.mul(power.reinterpretAsFloats()).intoArray(x, i);
      i += COUNT;
    } while (i < to);
  }

  /** The sum of whole vectors, one at least; a pass of its own keeps both loops small enough. */
  private static float sumVectors(float[] x, int from, int to) {
    FloatVector sums = FloatVector.zero(FLOATS);
    int i = from;
    do {
      sums = sums.add(FloatVector.fromArray(FLOATS, x, i));
      i += COUNT;
    } while (i < to);
    return sum(sums);
  }

  /**
   * {@code out[to + i] += sum over t of factors[fo + t] * rows[start + t * stride + i]}.
   *
   * @param length elements of a row and of the result
   * @param count rows
   */
  static void weightedSum(
      float[] out,
      int to,
      int length,
      float[] factors,
      int fo,
      int count,
      float[] rows,
      int start,
      int stride) {
    int i = 0;
    for (; i <= length - COUNT; i += COUNT) {
      FloatVector even = load(out, to + i);
      FloatVector odd = FloatVector.zero(FLOATS);
      int t = 0;
      for (; t < count - 1; t += 2) {
        int at = start + t * stride + i;
        even = load(rows, at).fma(FloatVector.broadcast(FLOATS, factors[fo + t]), even);
        odd = load(rows, at + stride).fma(FloatVector.broadcast(FLOATS, factors[fo + t + 1]), odd);
      }
      if (t < count) {
        FloatVector last = load(rows, start + t * stride + i);
        even = last.fma(FloatVector.broadcast(FLOATS, factors[fo + t]), even);
      }
      even.add(odd).intoArray(out, to + i);
    }
    for (; i < length; i++) {
      float sum = out[to + i];
      for (int t = 0; t < count; t++) {
        sum += factors[fo + t] * rows[start + t * stride + i];
      }
      out[to + i] = sum;
    }
  }
}
