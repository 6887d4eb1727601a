package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Stream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The host's part in a layer of paged experts: what stands between its router and its products. */
final class PagedExperts {
  private PagedExperts() {}

  /**
   * An argument that points at the first token's values.
   *
   * @param index among the launch's arguments
   * @param bytes from one token's values to the next
   */
  record Shift(int index, Slice first, long bytes) {}

  /** A launch over tokens that can begin at any of them. */
  record Movable(Launch launch, List<Shift> shifts) {
    void run(Stream stream, int from, int tokens, int splits) {
      for (int i = 0; i < shifts.size(); i++) {
        Shift shift = shifts.get(i);
        launch.arguments().setLong(shift.index(), shift.first().address() + shift.bytes() * from);
      }
      launch.run(stream, tokens, splits);
    }
  }

  /**
   * Before the products of a single token.
   *
   * @param likely experts of the next layer, or {@link Slice#NONE}
   */
  record OfOne(ExpertPager pager, int layer, Slice ids, Slice likely) implements Work {
    @Override
    public Set<KernelId> kernels() {
      return pager.kernels();
    }

    @Override
    public void resolve(KernelLibrary kernels) {
      pager.resolve(kernels);
    }

    @Override
    public void run(Stream stream, int tokens, int splits) {
      assert tokens == 1 : tokens + " tokens";
      pager.choose(ids, likely, 1, stream);
      pager.bring(layer, 0, 1, stream);
      if (likely.present()) {
        pager.fetchAhead(layer, layer + 1);
      }
    }

    @Override
    public boolean onDevice() {
      return false;
    }
  }

  /** The products of a batch, for as many tokens at once as their experts have slots. */
  record OfBatch(ExpertPager pager, int layer, Slice ids, List<Movable> products) implements Work {
    @Override
    public Set<KernelId> kernels() {
      Set<KernelId> all = new HashSet<>(pager.kernels());
      products.forEach(product -> all.add(product.launch().id()));
      return all;
    }

    @Override
    public void resolve(KernelLibrary kernels) {
      pager.resolve(kernels);
      products.forEach(product -> product.launch().resolve(kernels));
    }

    @Override
    public void run(Stream stream, int tokens, int splits) {
      pager.choose(ids, Slice.NONE, tokens, stream);
      for (int from = 0; from < tokens; ) {
        int to = pager.bring(layer, from, tokens, stream);
        for (int i = 0; i < products.size(); i++) {
          products.get(i).run(stream, from, to - from, splits);
        }
        from = to;
      }
    }

    @Override
    public boolean onDevice() {
      return false;
    }
  }
}
