/**
 * What the CPU backends share: the forward passes of transformer and Mamba blocks, written once
 * over {@link dev.rocmforge.engine.cpu.Operations}, and the session around them. No arithmetic of
 * its own beyond routing: that lives in the sub-packages.
 */
package dev.rocmforge.engine.cpu;
