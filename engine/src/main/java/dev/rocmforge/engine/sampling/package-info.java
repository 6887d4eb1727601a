/** From logits to a token: the sampler and its steps. */
package dev.rocmforge.engine.sampling;
