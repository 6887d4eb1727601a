package dev.rocmforge.reports.record;

/** What a line of a history may be: a run of ours, or what another tool's file said. */
public sealed interface HistoryEntry permits RunRecord, ImportedRecord {}
