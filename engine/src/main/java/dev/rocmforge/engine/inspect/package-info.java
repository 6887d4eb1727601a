/**
 * What can be said of any well-formed model file without running it: its contents as records, and
 * whether all weights are finite. Prints nothing.
 */
package dev.rocmforge.engine.inspect;
