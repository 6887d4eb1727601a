package dev.rocmforge.engine.gpu;

/**
 * Blocks of a launch; one dimension may follow the number of tokens, x the number of splits.
 *
 * @param tokens the dimension that is {@code ceil(tokens * itemsPerToken / tokensPerBlock)}
 * @param itemsPerToken rows that a token has: 1, or the experts used
 * @param splitsOnX whether x is the number of splits
 */
record Grid(int x, int y, Axis tokens, int tokensPerBlock, int itemsPerToken, boolean splitsOnX) {
  enum Axis {
    NONE,
    X,
    Y,
    Z
  }

  static Grid of(int x) {
    return new Grid(x, 1, Axis.NONE, 1, 1, false);
  }

  /** {@code x} blocks for each token, tokens on y. */
  static Grid perToken(int x) {
    return perItem(x, 1);
  }

  /** {@code x} blocks for each of a token's items, items on y. */
  static Grid perItem(int x, int itemsPerToken) {
    return new Grid(x, 1, Axis.Y, 1, itemsPerToken, false);
  }

  /** {@code x} blocks for every {@code share} tokens, tokens on y. */
  static Grid tiled(int x, int share) {
    return new Grid(x, 1, Axis.Y, share, 1, false);
  }

  /** {@code ceil(count / share)}. */
  static int ceil(long count, int share) {
    return Math.toIntExact((count + share - 1) / share);
  }

  int x(int tokenCount, int splits) {
    return splitsOnX ? splits : tokens == Axis.X ? blocks(tokenCount) : x;
  }

  int y(int tokenCount) {
    return tokens == Axis.Y ? blocks(tokenCount) : y;
  }

  int z(int tokenCount) {
    return tokens == Axis.Z ? blocks(tokenCount) : 1;
  }

  private int blocks(int tokenCount) {
    return ceil((long) tokenCount * itemsPerToken, tokensPerBlock);
  }
}
