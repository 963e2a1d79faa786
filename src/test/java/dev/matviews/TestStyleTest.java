package dev.matviews;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What tests do without. */
@AnalyzeClasses(packages = "dev.matviews")
class TestStyleTest {

  @ArchTest
  static final ArchRule nothingIsMocked =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.mockito..", "org.easymock..", "io.fabric8.kubernetes.client.server.mock..")
          .because("Kubernetes and PostgreSQL are real in every test, and pure code needs no mock");
}
