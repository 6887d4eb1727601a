/**
 * What a device can do and who says so: the table of architectures, the documented table beside it,
 * overrides, and the choice among several devices.
 *
 * <p>Functions of plain device properties and typed environment variables; no device is touched
 * here.
 */
package dev.rocmforge.engine.gpu.feature;
