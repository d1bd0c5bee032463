package io.mooring.balancer.token;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A named secret. Two keys for two purposes are derived from it: one authenticates tokens, the
 * other turns backend ids into tags that say nothing to those who do not have it.
 *
 * <p>Immutable and safe for concurrent use. Its string form does not contain the secret.
 */
public final class SigningKey {

    /** The fewest bytes of a secret. */
    public static final int MIN_SECRET_BYTES = 16;

    private static final String ALGORITHM = "HmacSHA256";

    private final String id;
    private final int tag;
    private final ThreadLocal<Mac> tokenMacs;
    private final SecretKeySpec backendKey;

    /**
     * A key.
     *
     * @param id its name; gateways that share keys give the same secret the same name
     * @param secret {@value #MIN_SECRET_BYTES} bytes or more; copied
     */
    public SigningKey(String id, byte[] secret) {
        this.id = Objects.requireNonNull(id, "id");
        if (id.isBlank()) {
            throw new IllegalArgumentException("id: \"" + id + "\" (expected: a name)");
        }
        if (secret.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "secret: " + secret.length + " bytes (expected: " + MIN_SECRET_BYTES + " bytes or more)");
        }
        this.tag = tagOf(id);
        SecretKeySpec tokenKey = derive(secret, "mooring token 1");
        this.tokenMacs = ThreadLocal.withInitial(() -> mac(tokenKey));
        this.backendKey = derive(secret, "mooring backend 1");
    }

    /** The key's name. */
    public String id() {
        return id;
    }

    /** What stands for the key's name in a token: the first four bytes of its SHA-256. */
    int tag() {
        return tag;
    }

    /** The calling thread's MAC for tokens, which all scopes share; ready for use. */
    Mac tokenMac() {
        return tokenMacs.get();
    }

    /** What stands for a backend in the tokens of a scope. */
    long backendTag(String scope, String backendId) {
        Mac mac = mac(backendKey);
        mac.update(scope.getBytes(StandardCharsets.UTF_8));
        mac.update((byte) 0);
        return Bytes.readLong(mac.doFinal(backendId.getBytes(StandardCharsets.UTF_8)), 0, Long.BYTES);
    }

    @Override
    public String toString() {
        return "SigningKey[" + id + "]";
    }

    private static int tagOf(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return (int) Bytes.readLong(digest, 0, Integer.BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static SecretKeySpec derive(byte[] secret, String purpose) {
        Mac mac = mac(new SecretKeySpec(secret, ALGORITHM));
        return new SecretKeySpec(mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8)), ALGORITHM);
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
