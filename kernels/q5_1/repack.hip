// q5_1/repack: Q5_1 rows as they lie in GGUF -> planes (planes.h, block_q5_1.h).
//   weights   planes of a tensor of total_rows x columns; rows first_row ... first_row + row_count - 1 are written
//   source    row_count GGUF rows, contiguous, any alignment
// Launch: 256 threads, one thread a unit: grid (ceil(units * row_count / 256)).
// Must match: the type's decoder, bit for bit, read back through q5_1/embed.
#include "block_q5_1.h"

RF_KERNEL RF_LAUNCH_BOUNDS(256) void repack(void* weights, const unsigned char* source, int total_rows, int columns,
                                            int first_row, int row_count) {
    const Weights planes = Weights::at(weights, total_rows, columns);
    const wide index = wide(block_x()) * 256 + thread_x();
    const int row = int(index / planes.units);
    if (row >= row_count) return;
    const unsigned char* bytes = source + Weights::row_bytes(columns) * row;
    planes.repack(bytes, first_row + row, int(index % planes.units));
}
