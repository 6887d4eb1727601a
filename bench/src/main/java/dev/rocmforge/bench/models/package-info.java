/**
 * Where models come from: the manifest of named models, the folder they are kept in, and the
 * sources that fill it (a Hugging Face repository, a Python package). Nothing here knows what a
 * model means.
 *
 * <p>No digest or size is invented: a file is checked against what its own source states, and the
 * receipt beside it says what was checked.
 */
package dev.rocmforge.bench.models;
