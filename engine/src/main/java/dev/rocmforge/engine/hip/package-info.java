/**
 * Owners around the HIP runtime: runtime, device, stream, buffer, event, module, kernel, graph, and
 * the run-time compiler. Knows nothing of models or operations; result codes become typed errors
 * here, and everything opened is in the ledger until closed.
 */
package dev.rocmforge.engine.hip;
