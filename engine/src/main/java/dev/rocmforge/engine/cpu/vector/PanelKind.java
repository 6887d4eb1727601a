package dev.rocmforge.engine.cpu.vector;

/** The kinds of words: formats of one kind share the activations that were made ready for it. */
enum PanelKind {
  NIBBLES(new NibbleWords()),
  BYTES(new ByteWords()),
  SIX_BITS(new SixBitWords());

  @SuppressWarnings("ImmutableEnumChecker") // words have no state
  private final PanelWords words;

  PanelKind(PanelWords words) {
    this.words = words;
  }

  PanelWords words() {
    return words;
  }
}
