/** All that mutates while a model runs: KV cache kinds, scratch memory, position. */
package dev.rocmforge.engine.session;
