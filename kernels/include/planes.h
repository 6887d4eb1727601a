// planes.h: how a weight tensor lies in device memory, whatever its type.
//
// A tensor of `rows` x `columns` is cut into units of 32 weights along a row. Each type splits its units into
// planes (nibbles, high bits, scales, ...), every plane row-major and starting at a multiple of 256 bytes:
//
//   | plane 0: rows * units * bytes0 | pad to 256 | plane 1: rows * units * bytes1 | pad | ...
//
// units = ceil(columns / 32); only F16 and F32 rows may end inside a unit, the rest of it is zero.
// A type is a struct with
//   at(weights, rows, columns)      the planes of a tensor
//   load(row, unit)                 the Unit in registers, 16-byte loads
//   values(unit, out[32])           the 32 weights as f32, in the order of the row
//   repack(gguf row bytes, row, unit)
#pragma once
#include "device.h"

const int UNIT = 32;

RF_DEVICE wide plane_after(wide begin, wide bytes) { return begin + ((bytes + 255) & ~wide(255)); }

RF_DEVICE unsigned read16(const unsigned char* from) { return unsigned(from[0]) | unsigned(from[1]) << 8; }
RF_DEVICE unsigned read32(const unsigned char* from) { return read16(from) | read16(from + 2) << 16; }
