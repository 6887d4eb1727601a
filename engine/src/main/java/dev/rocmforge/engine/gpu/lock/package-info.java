/**
 * One process a device: a lock file in a folder that only this user can open.
 *
 * <p>Independent of any HIP runtime; the device is a name here.
 */
package dev.rocmforge.engine.gpu.lock;
