package dev.rocmforge.bench.jmh;

import java.util.List;
import java.util.Map;

/**
 * What to run under JMH and how.
 *
 * @param pattern regular expression over {@code package.Class.method}; a part of it is enough
 * @param parameters values that replace those of the tables
 * @param backend scalar or vector
 * @param threads of the vector backend
 * @param forks JVMs, one after the other; 0 runs in this one, for tests
 * @param warmUps iterations of each fork that do not count
 * @param iterations of each fork that count
 * @param iterationMillis how long each is repeated
 */
public record JmhPlan(
    String pattern,
    Map<String, List<String>> parameters,
    String backend,
    int threads,
    int forks,
    int warmUps,
    int iterations,
    int iterationMillis) {}
