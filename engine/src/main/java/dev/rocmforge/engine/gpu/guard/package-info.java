/**
 * The door to the GPU: chooses the device, turns features and variables into options, holds the
 * lock, keeps the memory budget and takes the router's path, before anything is allocated.
 *
 * <p>What it decides it tells a listener, line by line; nothing is printed here.
 */
package dev.rocmforge.engine.gpu.guard;
