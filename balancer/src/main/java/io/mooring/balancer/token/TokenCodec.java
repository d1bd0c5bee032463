package io.mooring.balancer.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import org.jspecify.annotations.Nullable;

/**
 * Writes and verifies the tokens of one scope.
 *
 * <p>A token of version 1 is 45 bytes, as 60 characters of URL-safe Base64 (RFC 4648, section 5),
 * big-endian:
 *
 * <pre>
 *  0  version       1   the number 1
 *  1  key           4   which key of the ring signed it
 *  5  backend       8   HMAC-SHA-256 of scope and backend id, by a key derived for this, truncated
 * 13  began         6   when the session began: milliseconds since 1970
 * 19  last seen     6   when it was last used, likewise
 * 25  epoch         4   of the scope and backend; one that has passed means an ended session
 * 29  signature    16   HMAC-SHA-256 of all before and the scope's name, truncated
 * </pre>
 *
 * <p>45 bytes fill 60 characters without a bit to spare, so no two strings decode to the same
 * token. The scope is not in the token but in what is signed, so a token of one scope is a forgery
 * in another. Signatures are compared in constant time.
 *
 * <p>Safe for concurrent use. Each thread keeps a small workspace, and a MAC for each key, that the
 * codecs of all scopes share.
 */
public final class TokenCodec {

    /** The characters of a token. */
    public static final int TOKEN_LENGTH = 60;

    private static final byte VERSION = 1;
    private static final int KEY = 1;
    private static final int BACKEND = 5;
    private static final int BEGAN = 13;
    private static final int LAST_SEEN = 19;
    private static final int EPOCH = 25;
    private static final int SIGNATURE = 29;
    private static final int TOKEN_BYTES = 45;
    private static final int TIME_BYTES = 6;

    private static final ThreadLocal<Workspace> WORKSPACES = ThreadLocal.withInitial(Workspace::new);

    private final String scope;
    private final byte[] scopeBytes;
    private final List<SigningKey> keys;

    /** A codec for the scope of this name. */
    public TokenCodec(String scope, KeyRing ring) {
        this.scope = scope;
        this.scopeBytes = scope.getBytes(StandardCharsets.UTF_8);
        this.keys = ring.keys();
    }

    /** How many keys verify. */
    public int keys() {
        return keys.size();
    }

    /** What stands for the backend in tokens that the key at this place of the ring signed. */
    public long backendTag(int key, String backendId) {
        return keys.get(key).backendTag(scope, backendId);
    }

    /**
     * Writes a token, signed by the first key.
     *
     * @param backendTag from {@link #backendTag} of key 0
     */
    public String write(long backendTag, long beganMillis, long lastSeenMillis, int epoch) {
        Workspace work = WORKSPACES.get();
        byte[] token = work.token;
        token[0] = VERSION;
        Bytes.writeLong(token, KEY, Integer.BYTES, keys.get(0).tag());
        Bytes.writeLong(token, BACKEND, Long.BYTES, backendTag);
        Bytes.writeLong(token, BEGAN, TIME_BYTES, beganMillis);
        Bytes.writeLong(token, LAST_SEEN, TIME_BYTES, lastSeenMillis);
        Bytes.writeLong(token, EPOCH, Integer.BYTES, epoch);
        System.arraycopy(work.sign(keys.get(0), scopeBytes), 0, token, SIGNATURE, TOKEN_BYTES - SIGNATURE);
        Base64.getUrlEncoder().encode(token, work.text);
        return new String(work.text, StandardCharsets.ISO_8859_1);
    }

    /** What the text says, or null unless it is a token of this scope that a key of the ring signed. */
    public @Nullable SessionToken verify(String text) {
        if (text.length() != TOKEN_LENGTH) {
            return null;
        }
        Workspace work = WORKSPACES.get();
        for (int i = 0; i < TOKEN_LENGTH; i++) {
            char c = text.charAt(i);
            if (!isUrlSafe(c)) {
                return null;
            }
            work.text[i] = (byte) c;
        }
        byte[] token = work.token;
        Base64.getUrlDecoder().decode(work.text, token);
        if (token[0] != VERSION) {
            return null;
        }
        int key = keyOf((int) Bytes.readLong(token, KEY, Integer.BYTES));
        if (key < 0 || !work.isSignedBy(keys.get(key), scopeBytes)) {
            return null;
        }
        return new SessionToken(
                key,
                Bytes.readLong(token, BACKEND, Long.BYTES),
                Bytes.readLong(token, BEGAN, TIME_BYTES),
                Bytes.readLong(token, LAST_SEEN, TIME_BYTES),
                (int) Bytes.readLong(token, EPOCH, Integer.BYTES));
    }

    private int keyOf(int tag) {
        for (int i = 0; i < keys.size(); i++) {
            if (keys.get(i).tag() == tag) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isUrlSafe(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    /** The buffers of one thread. */
    private static final class Workspace {
        private final byte[] text = new byte[TOKEN_LENGTH];
        private final byte[] token = new byte[TOKEN_BYTES];
        private final byte[] claimed = new byte[TOKEN_BYTES - SIGNATURE];
        private final byte[] computed = new byte[TOKEN_BYTES - SIGNATURE];
        private final byte[] full = new byte[32];

        /** The full signature of the token in this workspace; valid until the next call. */
        byte[] sign(SigningKey key, byte[] scope) {
            Mac mac = key.tokenMac();
            mac.update(token, 0, SIGNATURE);
            mac.update(scope);
            try {
                mac.doFinal(full, 0);
            } catch (ShortBufferException e) {
                throw new IllegalStateException("HMAC-SHA-256 has " + full.length + " bytes", e);
            }
            return full;
        }

        boolean isSignedBy(SigningKey key, byte[] scope) {
            System.arraycopy(token, SIGNATURE, claimed, 0, claimed.length);
            System.arraycopy(sign(key, scope), 0, computed, 0, computed.length);
            return MessageDigest.isEqual(claimed, computed);
        }
    }
}
