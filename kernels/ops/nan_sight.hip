// ops/nan_sight: whether NaN and infinity are seen; not for inference. Compiler flags that promise finite numbers delete such tests.
//   x     [count] f32, any bit patterns
//   seen  [count] bit 0: x != x, bit 1: not x - x == 0, bit 2: not |x| <= the largest float, bit 3: (x + 1) * 0 is not finite by its bits
//   flags [2] what the compiler says of itself: __FINITE_MATH_ONLY__, __FAST_MATH__
// Launch: 64 threads, grid (1).
// Must match: the bit patterns, exactly.
#include "device.h"

RF_KERNEL RF_LAUNCH_BOUNDS(64) void nan_sight(int* seen, int* flags, const float* x, int count) {
    const float largest = float_of_bits(0x7f7fffff);
    for (int i = thread_x(); i < count; i += block_size_x()) {
        const float value = x[i];
        int bits = value != value ? 1 : 0;
        if (!(value - value == 0.0f)) bits |= 2;
        if (!(absolute(value) <= largest)) bits |= 4;
        const float sum = value + 1.0f;
        if ((bits_of_float(absolute(sum * 0.0f)) & 0x7f800000) == 0x7f800000) bits |= 8;
        seen[i] = bits;
    }
    if (thread_x() == 0) {
#if defined(__FINITE_MATH_ONLY__)
        flags[0] = __FINITE_MATH_ONLY__;
#else
        flags[0] = 0;
#endif
#if defined(__FAST_MATH__)
        flags[1] = 1;
#else
        flags[1] = 0;
#endif
    }
}
