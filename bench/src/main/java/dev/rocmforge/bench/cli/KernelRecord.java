package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.Fingerprint;
import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceProperties;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.reports.format.JunitXml;
import dev.rocmforge.reports.record.BackendKind;
import dev.rocmforge.reports.record.Build;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.record.Subject;
import dev.rocmforge.reports.store.History;
import dev.rocmforge.validation.kernel.KernelFolder;
import dev.rocmforge.validation.machine.MachineProbe;
import dev.rocmforge.validation.machine.Processor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A run of kernel checks as a record: which device, which sources, what was found. */
final class KernelRecord {
  private final Subject subject;
  private final Environment environment;

  KernelRecord(Device device, KernelFolder sources, HipSettings settings) {
    DeviceProperties properties = device.properties();
    Build build =
        Fingerprint.build(
            Optional.ofNullable(Rocmforge.class.getPackage().getImplementationVersion()),
            settings.root().orElse(Path.of(".")),
            false);
    SortedMap<String, String> hashes = new TreeMap<>();
    for (String path : sources.sources()) {
      sources.sha256(path).ifPresent(hash -> hashes.put(path, hash));
    }
    subject =
        new Subject(
            ModelFile.NONE,
            BackendKind.GPU,
            GpuSubject.kind(device.runtime().kind()),
            new Build(build.rocmforgeVersion(), build.gitCommit(), build.jarSha256(), hashes));
    environment =
        MachineProbe.environment(
            Processor.probe(),
            Optional.empty(),
            Optional.of(
                new Environment.Device(
                    properties.name(),
                    properties.architectureName(),
                    properties.memoryBytes(),
                    Integer.toString(device.runtime().version()),
                    Integer.toString(device.runtime().driverVersion()))));
  }

  /** With these checks and no measurement. */
  RunRecord of(Status status, List<CheckRecord> checks) {
    return RunRecord.of(status, subject, environment, List.of(), checks);
  }

  /** Appends one check a kernel to the folder's history. */
  void keep(Path folder, Status status, List<CheckRecord> checks) {
    OutputPlace.checkFolder(folder);
    History.in(folder).append(of(status, KernelTable.condensed(checks)));
  }

  /** Every case as JUnit XML. */
  void junit(Path file, Status status, List<CheckRecord> checks) {
    try {
      Files.writeString(file, JunitXml.report(of(status, checks)));
    } catch (IOException e) {
      throw OutputPlace.refused(file, e);
    }
  }
}
