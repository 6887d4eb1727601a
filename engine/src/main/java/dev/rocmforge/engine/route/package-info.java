/**
 * Which way a model is run on a GPU and whether it may be run there at all: the model's profile,
 * the environment variables read once, the router's tables, and the memory budget.
 *
 * <p>Pure functions of metadata, device facts and memory. Nothing here opens a device, reads the
 * process's environment by itself, prints, or knows a backend.
 */
package dev.rocmforge.engine.route;
