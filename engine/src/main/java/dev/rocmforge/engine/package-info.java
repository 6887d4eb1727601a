/**
 * The face of the engine: {@code Model}, {@code Backend}, {@code Session} and the options that open
 * them. Other modules import mostly this package.
 *
 * <p>The engine knows nothing of clocks, records or reports, never prints and never exits the
 * process.
 */
package dev.rocmforge.engine;
