/**
 * Speculative decoding: something cheap drafts tokens, the model confirms several of them in one
 * pass. What is generated is what the model alone would generate: to the token when greedy, in
 * distribution when sampling. Here live drafting, judging and the choice of how many to draft;
 * passes belong to the sessions, time comes in from outside.
 */
package dev.rocmforge.engine.speculative;
