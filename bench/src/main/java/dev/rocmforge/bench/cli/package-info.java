/**
 * The rocmforge command: one class a subcommand, the words of its help, and exit codes.
 *
 * <p>The only package that knows picocli, prints, and decides how the process ends.
 */
package dev.rocmforge.bench.cli;
