/**
 * The program that answers {@code bench --peers jlama}: Jlama on the CPU, in a process of its own.
 *
 * <p>Knows Jlama, the requests of {@code bench.peers} and how this project reads models; runs
 * nothing of this project's engine. The weights go over in memory: Jlama reads no GGUF, and a file
 * of another format would hold the same numbers.
 */
package dev.rocmforge.peers.jlama;
