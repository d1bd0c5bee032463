package io.mooring.config;

import static io.mooring.config.Configurations.inspect;
import static io.mooring.config.Configurations.violationsWith;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the configuration says of who may use the management port, right and wrong. */
class AdminViolationsTest {

    private static final String HASH = "$2y$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";
    private static final String USER =
            "mooring.admin.users.alice: { password: \"{bcrypt}" + HASH + "\", role: change }\n";

    /** What the management port needs to be open to others than this machine. */
    static final String GUARDED = USER + "management.server.ssl.bundle: admin\n";

    private static final String ADDRESS = "management.server.address: ";

    @Test
    void usersAreKnownByTheirHashAndTheirRole() {
        GatewaySettings settings = inspect(
                        Configurations.VALID + USER + "mooring.admin.users.bob.password: \"{bcrypt}" + HASH + "\"\n")
                .orThrow();

        assertThat(settings.users())
                .containsExactly(
                        new AdminUser("alice", HASH, AdminUser.Role.CHANGE),
                        new AdminUser("bob", HASH, AdminUser.Role.READ));
        assertThat(settings.toString()).doesNotContain(HASH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secret",
                "{noop}secret",
                "{bcrypt}secret",
                "{bcrypt}$2y$03$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
                "{bcrypt}$2y$13$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
                "{bcrypt}$2y$31$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
                "{bcrypt}$2y$4$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234"
            })
    void aPasswordIsAHashAndIsNotRepeated(String password) {
        assertThat(violationsWith("mooring.admin.users.alice.password: \"" + password + "\""))
                .containsExactly("mooring.admin.users.alice.password: ***"
                        + " (expected: {bcrypt} and a bcrypt hash of cost 4-12)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$2a$04$", "$2b$09$", "$2y$10$", "$2y$12$"})
    void aHashMayCostFromFourToTwelve(String head) {
        assertThat(violationsWith("mooring.admin.users.alice.password: \"{bcrypt}" + head
                        + "abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234\""))
                .isEmpty();
    }

    @Test
    void aUserHasAPasswordAndARoleThatThereIs() {
        assertThat(violationsWith("mooring.admin.users.alice: { role: root }"))
                .containsExactly(
                        "mooring.admin.users.alice.password: missing (expected: {bcrypt} and a bcrypt hash of cost 4-12)",
                        "mooring.admin.users.alice.role: root (expected: read or change)");
    }

    @Test
    void aUsersNameHasNoColon() {
        assertThat(violationsWith("mooring.admin.users.\"[a:b]\".password: \"{bcrypt}" + HASH + "\""))
                .containsExactly(
                        "mooring.admin.users[a:b]: a:b" + " (expected: 1-64 letters, digits, \".\", \"_\" and \"-\")");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "localhost", "::1"})
    void onLoopbackNothingIsNeeded(String address) {
        assertThat(violationsWith(port(address))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "10.0.0.7", "::", "2001:db8::1", "gateway.example.org", "127.0.0.1.example.org"})
    void elsewhereUsersAndTlsAreNeeded(String address) {
        String tls = "management.server.ssl.bundle: admin\n";
        String missing = "management.server.address: " + address + " (expected: a loopback address, since ";

        assertThat(violationsWith(port(address))).containsExactly(missing + "mooring.admin.users is not set)");
        assertThat(violationsWith(port(address) + tls)).containsExactly(missing + "mooring.admin.users is not set)");
        assertThat(violationsWith(port(address) + USER)).containsExactly(missing + "management.server.ssl is not set)");
        assertThat(violationsWith(port(address) + USER + tls)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "FALSE", "off", "no", "0", "\"off\"", "maybe", "\"${nothing}\""})
    void tlsThatIsSwitchedOffIsNone(String off) {
        assertThat(violationsWith(
                        port("10.0.0.7") + USER + "management.server.ssl: { bundle: admin, enabled: " + off + " }\n"))
                .contains("management.server.address: 10.0.0.7"
                        + " (expected: a loopback address, since management.server.ssl is not set)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "on", "yes", "\"1\""})
    void tlsThatIsSwitchedOnIsThere(String on) {
        assertThat(violationsWith(
                        port("10.0.0.7") + USER + "management.server.ssl: { bundle: admin, enabled: " + on + " }\n"))
                .isEmpty();
    }

    @Test
    void withoutAnAddressThePortIsOpenToAll() {
        assertThat(violationsWith("management.server.port: 9900"))
                .containsExactly("management.server.address: missing"
                        + " (expected: a loopback address, since mooring.admin.users is not set)");
        assertThat(violationsWith("management.server.port: -1")).isEmpty();
    }

    private static String port(String address) {
        return "management.server.port: 9900\n" + ADDRESS + "\"" + address + "\"\n";
    }
}
