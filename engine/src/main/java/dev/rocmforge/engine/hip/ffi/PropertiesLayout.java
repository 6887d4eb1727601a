package dev.rocmforge.engine.hip.ffi;

/**
 * Where the fields that the engine reads lie in the two structs of device properties, offsets in
 * bytes. Checked against {@code kernels/runtimes/layouts.tsv}.
 */
public enum PropertiesLayout {
  /** Of ROCm 5, filled by {@code hipGetDeviceProperties}. */
  ROCM_5("hipDeviceProp_t", 792),

  /** Of ROCm 6 and later, filled by {@code hipGetDevicePropertiesR0600}. */
  ROCM_6("hipDeviceProp_tR0600", 1472);

  /** Bytes of {@code name} and of {@code gcnArchName}, with their terminating zero. */
  public static final int TEXT_BYTES = 256;

  private final String struct;
  private final int bytes;

  PropertiesLayout(String struct, int bytes) {
    this.struct = struct;
    this.bytes = bytes;
  }

  /** The fields, named as in C. What has an attribute is asked by attribute and not listed. */
  public enum Field {
    name(0, 0),
    totalGlobalMem(256, 288),
    warpSize(276, 308),
    gcnArchName(396, 1160);

    private final int offset5;
    private final int offset6;

    Field(int offset5, int offset6) {
      this.offset5 = offset5;
      this.offset6 = offset6;
    }
  }

  public String struct() {
    return struct;
  }

  public int bytes() {
    return bytes;
  }

  public int offset(Field field) {
    return switch (this) {
      case ROCM_5 -> field.offset5;
      case ROCM_6 -> field.offset6;
    };
  }
}
