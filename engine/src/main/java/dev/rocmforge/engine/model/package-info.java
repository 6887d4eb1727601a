/**
 * What a model is: configuration, weights where they lie, and one sub-package a family. Immutable,
 * shared by sessions.
 */
package dev.rocmforge.engine.model;
