package dev.rocmforge.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;

/**
 * One rule on who may use what, with a class that breaks it.
 *
 * @param name what the wall keeps apart, as shown by the test
 * @param rule the rule over all main classes of the project
 * @param plantedPackage a package on the forbidden side
 * @param plantedBody members of a class {@code Planted} there, which the rule must reject
 */
record Wall(String name, ArchRule rule, String plantedPackage, String plantedBody) {
  static final String ROOT = "dev.rocmforge.";

  /** Source of the planted class. */
  String plantedSource() {
    return "package " + plantedPackage + ";\nclass Planted {\n" + plantedBody + "\n}\n";
  }

  /** Packages {@code from} and below may not depend on {@code to} and below. */
  static Wall arrow(String from, String to) {
    return new Wall(
        from + " does not see " + to,
        noClasses()
            .that()
            .resideInAPackage(ROOT + from + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + to + "..")
            .allowEmptyShould(true),
        ROOT + from,
        "  Object seen = new " + ROOT + to + ".Target();");
  }

  /** Only {@code home} and below may use {@code library}, a package or a class name pattern. */
  static Wall onlyIn(String home, String library, String use) {
    return new Wall(
        "only " + home + " uses " + library,
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + home + "..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching(library)
            .allowEmptyShould(true),
        ROOT + "engine.gguf",
        use);
  }

  /** No class in {@code packages} may touch one of the members, written {@code Class.member}. */
  static Wall without(String name, List<String> packages, List<String> members, String use) {
    String[] patterns = packages.stream().map(p -> ROOT + p + "..").toArray(String[]::new);
    return new Wall(
        name,
        noClasses().that().resideInAnyPackage(patterns).should(touch(members)),
        ROOT + packages.getFirst(),
        use);
  }

  private static ArchCondition<JavaClass> touch(List<String> members) {
    return new ArchCondition<>("touch " + members) {
      @Override
      public void check(JavaClass user, ConditionEvents events) {
        for (JavaAccess<?> access : user.getAccessesFromSelf()) {
          String member = access.getTargetOwner().getName() + "." + access.getTarget().getName();
          if (members.contains(member)) {
            events.add(SimpleConditionEvent.satisfied(user, access.getDescription()));
          }
        }
      }
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
