package dev.rocmforge.engine.hip;

/**
 * What a device says of itself. Numbers come from {@code hipDeviceGetAttribute} where there is an
 * attribute, names and memory from the struct of properties.
 *
 * @param index among the visible devices
 * @param name marketing name, not to be relied on
 * @param architectureName {@code gcnArchName} as given, for example {@code gfx90a:sramecc+:xnack-}
 * @param memoryBytes total device memory
 * @param waveSize lanes of a wave as the runtime reports it
 * @param sharedBytesPerBlock limit of shared memory a block
 * @param clockKHz and the next: peak clocks
 * @param memoryBusBits width of the memory bus
 * @param pciAddress domain, bus and device: {@code 0000:03:00}; the same whatever devices a process
 *     sees
 */
public record DeviceProperties(
    int index,
    String name,
    String architectureName,
    long memoryBytes,
    int waveSize,
    int multiprocessorCount,
    int maxThreadsPerBlock,
    int sharedBytesPerBlock,
    int clockKHz,
    int memoryClockKHz,
    int memoryBusBits,
    int l2Bytes,
    boolean integrated,
    int computeMajor,
    int computeMinor,
    String pciAddress) {

  /** The same device with waves of so many lanes. */
  public DeviceProperties withWaveSize(int lanes) {
    return new DeviceProperties(
        index,
        name,
        architectureName,
        memoryBytes,
        lanes,
        multiprocessorCount,
        maxThreadsPerBlock,
        sharedBytesPerBlock,
        clockKHz,
        memoryClockKHz,
        memoryBusBits,
        l2Bytes,
        integrated,
        computeMajor,
        computeMinor,
        pciAddress);
  }

  /** The architecture without feature suffixes: {@code gfx90a}, or {@code sm_90}. */
  public String architecture() {
    int colon = architectureName.indexOf(':');
    return colon < 0 ? architectureName : architectureName.substring(0, colon);
  }
}
