package dev.rocmforge.bench.cli;

import picocli.CommandLine.Command;

/** {@code validate}: the checks by themselves. */
@Command(
    name = "validate",
    description = "Checks kernels, models and the machine.",
    subcommands = ValidateKernelsCommand.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class ValidateCommand {}
