/**
 * HIP and hiprtc in C names: downcalls and struct layouts, no logic. The only native linking of the
 * project. Values and layouts are those of {@code kernels/runtimes/hip_abi.h}, checked by test.
 */
package dev.rocmforge.engine.hip.ffi;
