package dev.rocmforge.engine.convert;

import java.util.Optional;

/**
 * What became of one tensor.
 *
 * @param encoding for people
 * @param sourceBytes before
 * @param bytes after, factors beside it included
 * @param nmse squared error over squared weights; 0 where nothing is lost
 * @param note why it did not get what was asked for
 */
public record ConvertedTensor(
    String name,
    String encoding,
    long sourceBytes,
    long bytes,
    double nmse,
    Optional<String> note) {}
