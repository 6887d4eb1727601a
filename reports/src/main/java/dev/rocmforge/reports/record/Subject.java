package dev.rocmforge.reports.record;

/** What was measured: a model, the backend that ran it, and the build that did. */
public record Subject(
    ModelFile model, BackendKind backend, DeviceRuntime deviceRuntime, Build build) {
  public Subject {
    Require.present(model, "subject.model");
    Require.present(backend, "subject.backend");
    Require.present(deviceRuntime, "subject.deviceRuntime");
    Require.present(build, "subject.build");
    Require.that(
        (backend == BackendKind.GPU) == (deviceRuntime != DeviceRuntime.CPU),
        "subject.deviceRuntime",
        "runtime cpu exactly for the backends scalar and vector",
        backend.label() + " on " + deviceRuntime.label());
  }
}
