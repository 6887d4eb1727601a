/**
 * What the commands do once their words are understood: generate, and measure prefill and decode.
 *
 * <p>Reads clocks and machines, returns records. Prints nothing: who wants to show progress passes
 * a listener.
 */
package dev.rocmforge.bench.run;
