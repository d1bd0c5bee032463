package io.mooring.gateway.admin;

/** Why a call that needs a user of the management port is nobody's. */
public enum AuthenticationFailure {
    /** It names no user, or not by basic authentication. */
    NO_USER("no-user"),
    /** There is no such user, or the password is another. */
    WRONG("wrong"),
    /** Its address has said too many wrong passwords; this one was not looked at. */
    PAUSED("paused"),
    /** Too many others wait to be verified; this one was not looked at. */
    BUSY("busy");

    private final String key;

    AuthenticationFailure(String key) {
        this.key = key;
    }

    /** How metrics write it. */
    public String key() {
        return key;
    }
}
