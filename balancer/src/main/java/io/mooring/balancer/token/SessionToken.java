package io.mooring.balancer.token;

/**
 * What a verified token says.
 *
 * @param key the place in the ring of the key that signed it
 * @param backendTag which backend, to be looked up among the tags that the same key gives
 * @param beganMillis when the session began, by the wall clock, in milliseconds since 1970
 * @param lastSeenMillis when the session was last used, likewise
 * @param epoch the epoch of the scope and its backend when the token was written
 */
public record SessionToken(int key, long backendTag, long beganMillis, long lastSeenMillis, int epoch) {}
