package io.mooring.health;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The two messages of {@code grpc.health.v1}, in protobuf's wire format behind gRPC's prefix of five bytes: a flag for
 * compression and the length.
 */
final class GrpcHealth {

    /** The status of a server that serves. */
    static final String SERVING = "SERVING";

    /** As long as an answer may be; of what is known today, there are seven bytes. */
    static final int MAX_ANSWER = 1_024;

    private static final int PREFIX = 5;
    private static final int SERVICE_TAG = 1 << 3 | 2;
    private static final int STATUS_TAG = 1 << 3;
    private static final String MALFORMED = "a malformed answer";

    private GrpcHealth() {}

    /** A {@code HealthCheckRequest}, with its prefix. */
    static byte[] request(String service) {
        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = ByteBuffer.allocate(1 + 5 + name.length);
        if (name.length > 0) {
            message.put((byte) SERVICE_TAG);
            int rest = name.length;
            for (; rest > 0x7f; rest >>>= 7) {
                message.put((byte) (rest | 0x80));
            }
            message.put((byte) rest).put(name);
        }
        message.flip();
        return ByteBuffer.allocate(PREFIX + message.remaining())
                .put((byte) 0)
                .putInt(message.remaining())
                .put(message)
                .array();
    }

    /** The name of the status in a {@code HealthCheckResponse} with its prefix, or what is wrong with it. */
    static String status(byte[] answer) {
        ByteBuffer in = ByteBuffer.wrap(answer);
        if (in.remaining() < PREFIX || in.get() != 0 || in.getInt() != in.remaining()) {
            return MALFORMED;
        }
        long status = 0;
        while (in.hasRemaining()) {
            long tag = varint(in);
            if (tag == STATUS_TAG) {
                status = varint(in);
            } else if (!skip(in, tag)) {
                return MALFORMED;
            }
        }
        return name(status);
    }

    private static String name(long status) {
        if (status == 0) {
            return "UNKNOWN";
        }
        if (status == 1) {
            return SERVING;
        }
        if (status == 2) {
            return "NOT_SERVING";
        }
        return status == 3 ? "SERVICE_UNKNOWN" : MALFORMED;
    }

    /** Skips a field that is not known; tells whether it could. */
    private static boolean skip(ByteBuffer in, long tag) {
        long length;
        switch ((int) (tag & 7)) {
            case 0 -> length = varint(in) < 0 ? -1 : 0;
            case 1 -> length = Long.BYTES;
            case 2 -> length = varint(in);
            case 5 -> length = Integer.BYTES;
            default -> length = -1;
        }
        if (tag <= 0 || length < 0 || length > in.remaining()) {
            return false;
        }
        in.position(in.position() + (int) length);
        return true;
    }

    /** Negative if there is none. */
    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 63 && in.hasRemaining(); shift += 7) {
            byte part = in.get();
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
        return -1;
    }
}
