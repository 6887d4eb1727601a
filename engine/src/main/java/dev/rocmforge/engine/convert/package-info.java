/**
 * From a model of any container to a {@code .rfm} file: which tensor gets which encoding, what that
 * costs in bytes and error, and the writing. Prints nothing.
 */
package dev.rocmforge.engine.convert;
