/**
 * Whether a whole model computes what it should: logits recorded elsewhere, token-exact
 * continuations, perplexity, and where a NaN first appears. Uses the engine's sessions from
 * outside.
 */
package dev.rocmforge.validation.model;
