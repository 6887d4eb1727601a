/**
 * Models of real shapes and random weights, for measuring where the real files cannot be had: what
 * a public configuration says as data, random blocks of every format, a small vocabulary. Written
 * as GGUF; says nothing about what a model means.
 */
package dev.rocmforge.engine.synthetic;
