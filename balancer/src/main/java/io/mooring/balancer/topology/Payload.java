package io.mooring.balancer.topology;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The bytes of a datagram. Immutable.
 *
 * @param hex the bytes in hexadecimal digits, in lower case
 */
public record Payload(String hex) {

    private static final String HEX_PREFIX = "hex:";

    public Payload {
        hex = HexFormat.of().formatHex(HexFormat.of().parseHex(hex));
    }

    /**
     * The bytes that a text stands for: after {@code hex:} hexadecimal digits, and anything else as UTF-8.
     *
     * @throws IllegalArgumentException when the digits are none, or odd in number
     */
    public static Payload of(String text) {
        return text.startsWith(HEX_PREFIX)
                ? new Payload(text.substring(HEX_PREFIX.length()))
                : new Payload(HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The bytes, a copy. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }
}
