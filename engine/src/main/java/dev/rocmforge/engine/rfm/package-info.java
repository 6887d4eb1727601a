/**
 * The {@code .rfm} container, version 1: header, JSON metadata, JSON tensor table, payload. Reads
 * what others wrote as untrusted input and writes aligned files with checksums. The encodings'
 * arithmetic is in {@link dev.rocmforge.engine.compress}; {@code docs/rfm.md} draws the layout.
 */
package dev.rocmforge.engine.rfm;
