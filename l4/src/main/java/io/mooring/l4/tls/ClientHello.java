package io.mooring.l4.tls;

import io.netty.buffer.ByteBuf;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client's first bytes are: the hello of TLS, with or without a server name, or something else.
 *
 * <p>Source: RFC 8446, sections 4.1.2 and 5.1; RFC 6066, section 3.
 *
 * @param kind whether they are a hello
 * @param serverName the name that the client asks for, in lower case and without a dot at its end; null if none
 */
public record ClientHello(Kind kind, @Nullable String serverName) {

    /** A hello that is longer than this, in bytes with its framing, is not waited for. */
    public static final int MAX_BYTES = 16 * 1024;

    static final ClientHello INCOMPLETE = new ClientHello(Kind.INCOMPLETE, null);
    static final ClientHello OTHER = new ClientHello(Kind.OTHER, null);

    private static final int RECORD_HEADER = 5;
    private static final int RECORD_OF_HANDSHAKE = 22;
    private static final int MAJOR_VERSION = 3;
    private static final int MAX_FRAGMENT = 1 << 14;
    private static final int MESSAGE_HEADER = 4;
    private static final int CLIENT_HELLO = 1;
    private static final int VERSION_AND_RANDOM = 2 + 32;
    private static final int SERVER_NAME = 0;
    private static final int HOST_NAME = 0;
    private static final Pattern NAME = Pattern.compile("[a-z0-9_.-]{1,255}");

    /** What bytes can be. */
    public enum Kind {
        /** So far they may become a hello. */
        INCOMPLETE,
        /** They are a hello. */
        HELLO,
        /** They are no hello, or none that can be understood. */
        OTHER
    }

    /** Reads from the buffer's first byte on, and leaves the buffer as it is. */
    static ClientHello read(ByteBuf bytes) {
        ByteBuffer message = ByteBuffer.allocate(bytes.readableBytes());
        int at = bytes.readerIndex();
        while (at < bytes.writerIndex()) {
            int here = bytes.writerIndex() - at;
            if (bytes.getUnsignedByte(at) != RECORD_OF_HANDSHAKE
                    || (here > 1 && bytes.getUnsignedByte(at + 1) != MAJOR_VERSION)) {
                return OTHER;
            }
            if (here < RECORD_HEADER) {
                break;
            }
            int length = bytes.getUnsignedShort(at + RECORD_HEADER - 2);
            if (length == 0 || length > MAX_FRAGMENT) {
                return OTHER;
            }
            at += RECORD_HEADER;
            int fragment = Math.min(length, bytes.writerIndex() - at);
            bytes.getBytes(at, message.array(), message.position(), fragment);
            message.position(message.position() + fragment);
            if (message.position() > 0 && message.get(0) != CLIENT_HELLO) {
                return OTHER;
            }
            if (isWhole(message)) {
                return parse(message.flip());
            }
            at += length;
        }
        return bytes.readableBytes() < MAX_BYTES ? INCOMPLETE : OTHER;
    }

    private static boolean isWhole(ByteBuffer message) {
        return message.position() >= MESSAGE_HEADER
                && message.position() - MESSAGE_HEADER >= (message.getInt(0) & 0xff_ffff);
    }

    private static ClientHello parse(ByteBuffer message) {
        try {
            message.limit(MESSAGE_HEADER + (message.getInt() & 0xff_ffff));
            skip(message, VERSION_AND_RANDOM);
            skip(message, message.get() & 0xff);
            skip(message, message.getShort() & 0xffff);
            skip(message, message.get() & 0xff);
            ByteBuffer extensions = message.hasRemaining() ? vector(message) : ByteBuffer.allocate(0);
            while (extensions.hasRemaining()) {
                int type = extensions.getShort();
                ByteBuffer data = vector(extensions);
                if (type == SERVER_NAME) {
                    return new ClientHello(Kind.HELLO, hostName(vector(data)));
                }
            }
            return new ClientHello(Kind.HELLO, null);
        } catch (BufferUnderflowException e) {
            return OTHER;
        }
    }

    private static @Nullable String hostName(ByteBuffer names) {
        while (names.hasRemaining()) {
            int type = names.get();
            ByteBuffer name = vector(names);
            if (type == HOST_NAME) {
                String text =
                        StandardCharsets.ISO_8859_1.decode(name).toString().toLowerCase(Locale.ROOT);
                String bare = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
                return NAME.matcher(bare).matches() ? bare : null;
            }
        }
        return null;
    }

    /** What is next, and as long as the two bytes before it say. */
    private static ByteBuffer vector(ByteBuffer in) {
        int length = in.getShort() & 0xffff;
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer vector = in.slice(in.position(), length);
        in.position(in.position() + length);
        return vector;
    }

    private static void skip(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        in.position(in.position() + length);
    }
}
