package io.mooring.discovery;

import io.mooring.balancer.text.PrintableLine;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Text from registries and name servers, made fit for logs and metrics. */
final class PlainText {

    /** What the configuration takes as the id of a backend, of a length that a metric can bear. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private static final Pattern NOT_OF_AN_ID = Pattern.compile("[^A-Za-z0-9._:-]");
    private static final int RECOGNIZABLE = 64;
    private static final int DIGEST_BYTES = 8;
    private static final int MAX_LENGTH = 200;

    private PlainText() {}

    /**
     * The id of a backend that a registry calls so. What the configuration would not take is replaced, and a digest
     * added, so that ids which differ stay different.
     */
    static String id(String given) {
        if (ID.matcher(given).matches()) {
            return given;
        }
        String recognizable = NOT_OF_AN_ID
                .matcher(given.length() > RECOGNIZABLE ? given.substring(0, RECOGNIZABLE) : given)
                .replaceAll("_");
        return recognizable + "." + digest(given);
    }

    /** One line without control characters, cut if it is long. */
    static String line(String text) {
        return PrintableLine.of(text, MAX_LENGTH);
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
