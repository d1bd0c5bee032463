package io.mooring.config;

import java.util.Objects;

/**
 * Who may use the management port.
 *
 * @param name what is asked for
 * @param password the password's bcrypt hash, without a prefix
 * @param role what the user may do
 */
public record AdminUser(String name, String password, Role role) {

    public AdminUser {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(role, "role");
    }

    @Override
    public String toString() {
        return name + ", " + role;
    }

    /** What a user may do. */
    public enum Role {
        /** To look at everything. */
        READ,
        /** To look at everything and change it. */
        CHANGE
    }
}
