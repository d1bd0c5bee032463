package io.mooring.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Profile;

/** The rules of the house that a compiler does not know. */
class ArchitectureTest {

    private static final JavaClasses MOORING = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // What Spring generates is not ours to arrange.
            .withImportOption(location -> !location.contains("__"))
            .importPackages("io.mooring");

    @Test
    void balancerKnowsTheJdkOnly() {
        classes()
                .that()
                .resideInAPackage("io.mooring.balancer..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.mooring.balancer..", "java..", "javax.crypto..", "org.jspecify.annotations..")
                .because("what is decided must not depend on how it is carried out, and any data path may use it")
                .check(MOORING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"config", "filters", "l4", "health", "discovery"})
    void siblingsKnowTheBalancerAndNotEachOther(String module) {
        String own = "io.mooring." + module + "..";
        noClasses()
                .that()
                .resideInAPackage(own)
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are of another module than balancer",
                        type -> type.getPackageName().startsWith("io.mooring.")
                                && !type.getPackageName().startsWith("io.mooring.balancer")
                                && !(type.getPackageName() + ".").startsWith("io.mooring." + module + ".")))
                .allowEmptyShould(true)
                .because("modules that know each other change together; the composition root introduces them")
                .check(MOORING);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.mooring.(**)")
                .should()
                .beFreeOfCycles()
                .because("packages in a cycle are one package with more names")
                .check(MOORING);
    }

    @Test
    void clocksAreParameters() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.mooring.balancer.time.Ticker")
                .and()
                .resideOutsideOfPackage("io.mooring.gateway..")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(InstantSource.class, "system")
                .because("a clock that is read statically cannot be set by a test")
                .check(MOORING);
    }

    @Test
    void namesSayWhatAThingIs() {
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
                .haveSimpleNameStartingWith("Abstract")
                .because("such a name hides that the thing has no name yet")
                .check(MOORING);
    }

    @Test
    void beansDependOnNoKey() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName(ConditionalOnProperty.class.getName())
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(ConditionalOnBooleanProperty.class.getName())
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(ConditionalOnExpression.class.getName())
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(Profile.class.getName())
                .because("a start with ready beans takes it that keys of mooring.* and profiles decide on none")
                .check(MOORING);
    }

    @Test
    void nothingSleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .because("a sleeping thread is an event loop one day")
                .check(MOORING);
    }
}
