package dev.rocmforge.bench.cli;

import picocli.CommandLine.Command;

/** {@code report}: what is made of records. */
@Command(
    name = "report",
    description = "Merges and exchanges records.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ReportMergeCommand.class, ReportExportCommand.class, ReportImportCommand.class})
final class ReportCommand {}
