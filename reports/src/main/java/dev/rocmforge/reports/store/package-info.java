/**
 * The history of runs: one JSON record a line in the {@code .jsonl} files of a folder, only ever
 * appended to. It fits in git, survives a kill in the middle of a line, and merges with the folders
 * of other hosts by content.
 */
package dev.rocmforge.reports.store;
