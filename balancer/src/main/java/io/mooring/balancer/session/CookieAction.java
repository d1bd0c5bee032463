package io.mooring.balancer.session;

/** What the response does to the client's session cookie. */
public enum CookieAction {
    /** It says nothing of it. */
    NONE("none"),
    /** It sets the cookie of a client that brought none. */
    INSERTED("inserted"),
    /** It sets the cookie again, for the same session and backend, with a later last use. */
    REFRESHED("refreshed"),
    /** It sets the cookie of another session or backend than the one that came. */
    REPLACED("replaced");

    private final String key;

    CookieAction(String key) {
        this.key = key;
    }

    /** The name in logs. */
    public String key() {
        return key;
    }
}
