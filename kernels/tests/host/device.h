// Stands in for include/device.h while matrix_layout.cpp compiles include/matrix.h for the host: one lane at a time.
#ifndef RF_DEVICE_H
#define RF_DEVICE_H
#define RF_DEVICE inline
#define RF_UNROLL
typedef unsigned short half_bits;
struct alignas(16) Bytes16 {
    unsigned word[4];
};
extern int current_lane;
RF_DEVICE int lane() { return current_lane; }
RF_DEVICE Bytes16 load16(const void* from) { return *static_cast<const Bytes16*>(from); }

#endif
