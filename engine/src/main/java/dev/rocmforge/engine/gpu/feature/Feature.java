package dev.rocmforge.engine.gpu.feature;

/**
 * One fact about a device.
 *
 * @param name {@code dp4a}, {@code wmma}, {@code dot2}, {@code wave}
 * @param value {@code yes}, {@code no}, or a number of lanes
 * @param source where the value came from
 * @param detail the instruction, the variable or the attribute behind it
 */
public record Feature(String name, String value, Source source, String detail) {
  /** Where a fact came from. */
  public enum Source {
    /** The table of architectures. */
    TABLE("table"),
    /** An environment variable. */
    OVERRIDE("override"),
    /** The runtime's properties or attributes. */
    RUNTIME("runtime"),
    /** The device's name, because the runtime tells no architecture. */
    DEVICE_NAME("device name");

    private final String word;

    Source(String word) {
      this.word = word;
    }

    /** The word of reports. */
    public String word() {
      return word;
    }
  }

  static Feature of(String name, boolean available, Source source, String detail) {
    return new Feature(name, available ? "yes" : "no", source, detail);
  }

  /** Whether the value is {@code yes}. */
  public boolean available() {
    return value.equals("yes");
  }
}
