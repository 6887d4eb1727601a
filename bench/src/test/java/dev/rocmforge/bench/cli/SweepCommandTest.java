package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.bench.sweep.KernelChoice;
import dev.rocmforge.bench.sweep.SweepPlan;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.reports.record.Correctness;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.store.History;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The feature sweep from the command line, on an emulated card that lacks the instructions. */
class SweepCommandTest {
  @TempDir private Path folder;

  @Test
  void cellsThatTheCardLacksAreShownAndTheOthersCheckedAndKept() throws Exception {
    Map<String, String> machine =
        Map.of("XDG_RUNTIME_DIR", folder.toString(), "ROCMFORGE_EMULATION_ARCH", "gfx1010");
    Said said =
        GpuProcess.run(
                machine,
                "sweep -m lexicon-draft-q8_0 --kernels scalar,dp4a,wmma --graph off --q8 on"
                    .concat(" --kv-type f32 -d 4 -p 4 -n 2 -r 2 -o " + folder)
                    .split(" "))
            .done();
    said.prints(
        "| lexicon-draft-q8_0 | dp4a | on | off | f32 | 4 | not on gfx1010 |",
        "| lexicon-draft-q8_0 | wmma | on | off | f32 | 4 | not on gfx1010 |",
        "| lexicon-draft-q8_0 | scalar | on | off | f32 | 4 | right ",
        "| dp4a | gfx1010 | no | - | 1 of 1 cells right, cpu-emulation | decode ",
        "| dp4a | gfx1100 | sudot4 | v_dot4_i32_iu8 in ",
        "| gfx1010 | RX 5700 XT (gfx1010): about 150 tok/s before",
        "not measured: this device is gfx1010");
    List<RunRecord> records = History.in(folder).read().records();
    assertEquals(1, records.size());
    assertEquals(Correctness.PASSED, records.getFirst().correctness());
    assertTrue(records.getFirst().environment().fitness().isPresent());
    assertEquals(
        Map.of("kernels", "scalar", "graph", "off", "q8", "on"),
        records.getFirst().measurements().getLast().workload().settings());
  }

  @Test
  void theCrossProductIsWhole() {
    List<Boolean> both = List.of(false, true);
    SweepPlan plan =
        new SweepPlan(
            List.of(KernelChoice.values()),
            both,
            both,
            List.of(KvStorage.of(KvType.F32), KvStorage.of(KvType.F16)),
            List.of(0, 9),
            4,
            2,
            1);
    assertEquals(6 * 2 * 2 * 2 * 2, new HashSet<>(plan.cells("m")).size());
  }

  @Test
  void wrongWordsAreRefused() {
    Said.by("sweep", "--kernels", "fast").refused(ExitCode.USAGE);
    Said.by("sweep", "--graph", "maybe").refused(ExitCode.USAGE);
  }
}
