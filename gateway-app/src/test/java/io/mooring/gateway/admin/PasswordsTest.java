package io.mooring.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.config.AdminUser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

class PasswordsTest {

    private static final String HASH_OF_ALL = "$2y$%02d$" + "A".repeat(53);

    @ParameterizedTest
    @ValueSource(strings = {"cheap", "middling", "dear", "nobody", ""})
    void aWrongPasswordCostsTheSameWhosesoeverItWouldBe(String name) {
        long[] work = {0};
        Passwords passwords = new Passwords(
                List.of(
                        user("cheap", HASH_OF_ALL.formatted(4)),
                        user("dear", HASH_OF_ALL.formatted(12)),
                        user("middling", HASH_OF_ALL.formatted(10))),
                (password, hash) -> {
                    work[0] += 1L << Integer.parseInt(hash.substring(4, 6));
                    return false;
                });

        assertThat(passwords.user(name, "wrong")).isEmpty();
        assertThat(work[0]).isEqualTo(1L << 12);
    }

    @Test
    void whatStandsForNoPasswordIsAHashForBcryptAndNobodys() {
        BCryptPasswordEncoder encoder = new BCryptPasswordEncoder(4);
        AdminUser cheap = user("cheap", String.valueOf(encoder.encode("secret")));
        AdminUser dear = user("dear", String.valueOf(new BCryptPasswordEncoder(6).encode("other")));
        Passwords passwords = new Passwords(List.of(cheap, dear), (password, hash) -> {
            assertThat(hash).matches("\\$2[aby]\\$0[456]\\$[./A-Za-z0-9]{53}");
            return encoder.matches(password, hash);
        });

        assertThat(passwords.user("cheap", "secret")).contains(cheap);
        assertThat(passwords.user("dear", "other")).contains(dear);
        for (String name : List.of("cheap", "nobody")) {
            assertThat(passwords.user(name, "other")).isEmpty();
            assertThat(passwords.user(name, "")).isEmpty();
        }
        assertThat(passwords.knows("cheap")).isTrue();
        assertThat(passwords.knows("nobody")).isFalse();
    }

    private static AdminUser user(String name, String hash) {
        return new AdminUser(name, hash, AdminUser.Role.READ);
    }
}
