/**
 * From logits to a token: the sampler and its steps. Pure functions of logits and a seed; nothing
 * here knows a model or a device.
 */
package dev.rocmforge.engine.sampling;
