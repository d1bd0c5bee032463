package io.mooring.gateway.admin;

import io.mooring.config.AdminUser;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Knows the users' passwords by their bcrypt hashes.
 *
 * <p>A wrong password takes as long as the dearest hash of all users does, whosever it would be and also if there is no
 * such user, so that nobody learns from the time which users there are. The work of bcrypt doubles with each step of
 * its cost: a hash of cost <i>c</i> and one decoy of each cost from <i>c</i> to <i>n</i> - 1 are together as much as
 * one of cost <i>n</i>.
 */
final class Passwords {

    /** The cost stands behind {@code $2a$}. */
    private static final int COST_AT = 4;

    private static final int COST_DIGITS = 2;

    /** Salt and hash of no password. */
    private static final String NO_PASSWORD = ".".repeat(53);

    private final Map<String, AdminUser> users;
    private final int dearest;
    private final BiPredicate<String, String> bcrypt;

    /** Those of these users, of whom there is one at least; told by whether a password has a hash. */
    Passwords(List<AdminUser> users, BiPredicate<String, String> bcrypt) {
        this.users = users.stream().collect(Collectors.toMap(AdminUser::name, Function.identity()));
        this.dearest =
                users.stream().mapToInt(user -> cost(user.password())).max().orElseThrow();
        this.bcrypt = bcrypt;
    }

    /** Whether there is such a user. */
    boolean knows(String name) {
        return users.containsKey(name);
    }

    /** The user of this name, if the password is right. Keeps a processor busy for up to some tenths of a second. */
    Optional<AdminUser> user(String name, String password) {
        AdminUser user = users.get(name);
        if (user == null) {
            spend(password, dearest);
            return Optional.empty();
        }
        if (bcrypt.test(password, user.password())) {
            return Optional.of(user);
        }
        for (int cost = cost(user.password()); cost < dearest; cost++) {
            spend(password, cost);
        }
        return Optional.empty();
    }

    private void spend(String password, int cost) {
        boolean unused = bcrypt.test(password, String.format(Locale.ROOT, "$2a$%02d$%s", cost, NO_PASSWORD));
    }

    private static int cost(String hash) {
        return Integer.parseInt(hash, COST_AT, COST_AT + COST_DIGITS, 10);
    }
}
