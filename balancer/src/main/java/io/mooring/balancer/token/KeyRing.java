package io.mooring.balancer.token;

import java.util.List;

/**
 * The keys of a gateway: the first signs, all verify. To rotate, put a new key first, and take the
 * old one out when the tokens it signed have expired.
 *
 * @param keys one or more, with ids that differ
 */
public record KeyRing(List<SigningKey> keys) {

    public KeyRing {
        keys = List.copyOf(keys);
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("keys: none (expected: one or more)");
        }
        if (keys.stream().map(SigningKey::tag).distinct().count() != keys.size()) {
            throw new IllegalArgumentException("keys: two with one id (expected: ids that differ)");
        }
    }
}
