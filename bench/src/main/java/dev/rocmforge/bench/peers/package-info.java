/**
 * Other people's engines beside ours: found or built, spoken to in processes of their own, never
 * loaded into this one.
 *
 * <p>Knows their commands and formats, not statistics: {@code bench.run} takes the turns and
 * compares. None of their code is part of the project.
 */
package dev.rocmforge.bench.peers;
