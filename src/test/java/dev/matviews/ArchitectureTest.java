package dev.matviews;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.matviews.postgres.Database;
import java.sql.PreparedStatement;
import java.sql.Statement;

/** Who may know whom: policy knows no mechanism, and Kubernetes is known in one place. */
@AnalyzeClasses(packages = "dev.matviews", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String API = "dev.matviews.api..";
  private static final String PLAN = "dev.matviews.plan..";
  private static final String REFRESH = "dev.matviews.refresh..";
  private static final String POSTGRES = "dev.matviews.postgres..";
  private static final String METRICS = "dev.matviews.metrics..";
  private static final String CONTROLLER = "dev.matviews.controller..";

  private static final String[] ANY_JDBC = {"java.sql..", "javax.sql..", "org.postgresql.."};
  private static final String[] ANY_KUBERNETES = {
    "io.fabric8..", "io.javaoperatorsdk..", "io.quarkus..", "io.quarkiverse..", "io.smallrye.."
  };

  @ArchTest
  static final ArchRule planIsPure =
      classes()
          .that()
          .resideInAPackage(PLAN)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  PLAN,
                  "java.lang..",
                  "java.util..",
                  "java.nio.charset",
                  "java.security",
                  "org.jspecify.."))
          .because("what must change is decided without a clock and without I/O");

  @ArchTest
  static final ArchRule refreshIsPure =
      classes()
          .that()
          .resideInAPackage(REFRESH)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  REFRESH,
                  PLAN,
                  "java.lang..",
                  "java.util..",
                  "java.time..",
                  "java.nio.charset",
                  "java.security",
                  "com.cronutils..",
                  "org.jspecify.."))
          .because("when and how is decided without a clock and without I/O");

  @ArchTest
  static final ArchRule policyAsksNoClock =
      noClasses()
          .that()
          .resideInAnyPackage(PLAN, REFRESH)
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(java.time.ZonedDateTime.class, "now")
          .orShould()
          .callMethod(java.time.LocalDateTime.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.time.Clock.class)
          .because("the time is always an argument");

  @ArchTest
  static final ArchRule apiKnowsNoneOfUs =
      noClasses()
          .that()
          .resideInAPackage(API)
          .should()
          .dependOnClassesThat(resideInAPackage("dev.matviews..").and(not(resideInAPackage(API))));

  @ArchTest
  static final ArchRule postgresKnowsPolicyOnly =
      noClasses()
          .that()
          .resideInAPackage(POSTGRES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(API, CONTROLLER);

  @ArchTest
  static final ArchRule metricsKnowPolicyOnly =
      noClasses()
          .that()
          .resideInAPackage(METRICS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(API, POSTGRES, CONTROLLER);

  @ArchTest
  static final ArchRule policyAndMechanismAreNotMeasuredFromWithin =
      noClasses()
          .that()
          .resideInAnyPackage(API, PLAN, REFRESH, POSTGRES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(METRICS, "io.micrometer..", "org.jboss.logging..")
          .because("the controller tells what became of them");

  @ArchTest
  static final ArchRule onlyControllerKnowsTheApi =
      noClasses()
          .that()
          .resideOutsideOfPackages(API, CONTROLLER)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(API)
          .because("a new version of the API touches one package");

  @ArchTest
  static final ArchRule noCycles =
      SlicesRuleDefinition.slices().matching("dev.matviews.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyPostgresSpeaksJdbc =
      noClasses()
          .that()
          .resideOutsideOfPackage(POSTGRES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ANY_JDBC);

  @ArchTest
  static final ArchRule onlySessionSendsText =
      noClasses()
          .that()
          .resideInAPackage("dev.matviews..")
          .and(not(belongToAnyOf(sessionClass())))
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Statement.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(PreparedStatement.class)
          .because("one place sends text to the server, and only what is one statement");

  @ArchTest
  static final ArchRule onlyControllerKnowsKubernetes =
      noClasses()
          .that()
          .resideInAnyPackage(PLAN, REFRESH, POSTGRES, METRICS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ANY_KUBERNETES);

  @ArchTest
  static final ArchRule apiIsDeclaredNotRun =
      noClasses()
          .that()
          .resideInAPackage(API)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.javaoperatorsdk..",
              "io.quarkus..",
              "io.quarkiverse..",
              "io.fabric8.kubernetes.client.dsl..");

  @ArchTest
  static final ArchRule namesSayWhatAClassIs =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Impl")
          .orShould()
          .haveSimpleNameEndingWith("Processor");

  @ArchTest
  static final ArchRule nobodySleeps =
      noClasses()
          .should()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Thread.class, "sleep", long.class, int.class)
          .because("a thread that sleeps cannot be told to stop");

  /** Package-private, as it should be. */
  private static Class<?> sessionClass() {
    try {
      return Class.forName(Database.class.getPackageName() + ".Session");
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
