/**
 * All that mutates while a model runs: KV cache kinds, scratch memory, position. What is shared
 * between sessions lives elsewhere.
 */
package dev.rocmforge.engine.session;
