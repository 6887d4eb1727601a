/**
 * How fast is it? The command line and what it runs.
 *
 * <p>The only module that reads clocks, prints and decides exit codes. It may use every other
 * module; none of them may use it.
 */
package dev.rocmforge.bench;
