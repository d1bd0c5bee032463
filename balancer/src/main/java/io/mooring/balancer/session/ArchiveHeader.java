package io.mooring.balancer.session;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands before the sessions of a saved table.
 *
 * @param scope the scope's id
 * @param ipv4 the prefix of its IPv4 networks
 * @param ipv6 the prefix of its IPv6 networks
 * @param savedMillis when it was saved, by the wall clock, in milliseconds since 1970
 * @param backends the ids of backends, which the sessions name by their place here
 */
record ArchiveHeader(String scope, int ipv4, int ipv6, long savedMillis, List<String> backends) {

    private static final long MAGIC = 0x4d4f4f52494e4700L; // "MOORING", and room for the version
    private static final int VERSION = 1;
    private static final int MAX_TEXT_BYTES = 1 << 20;

    ArchiveHeader {
        backends = List.copyOf(backends);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeLong(MAGIC | VERSION);
        writeText(out, scope);
        out.writeByte(ipv4);
        out.writeByte(ipv6);
        out.writeLong(savedMillis);
        out.writeInt(backends.size());
        for (String backend : backends) {
            writeText(out, backend);
        }
    }

    /** How many bytes it takes. */
    long length() {
        long texts = 4L + bytes(scope).length;
        for (String backend : backends) {
            texts += 4L + bytes(backend).length;
        }
        return 8L + 1 + 1 + 8 + 4 + texts;
    }

    static ArchiveHeader read(DataInputStream in) throws IOException {
        long magic = in.readLong();
        if ((magic & ~0xff) != MAGIC) {
            throw new UnusableTableException("another kind of file", "a saved source table");
        }
        if ((magic & 0xff) != VERSION) {
            throw new UnusableTableException("a table of version " + (magic & 0xff), "version " + VERSION);
        }
        String scope = readText(in);
        int ipv4 = in.readUnsignedByte();
        int ipv6 = in.readUnsignedByte();
        long savedMillis = in.readLong();
        int count = in.readInt();
        List<String> backends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            backends.add(readText(in));
        }
        return new ArchiveHeader(scope, ipv4, ipv6, savedMillis, backends);
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = bytes(text);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_TEXT_BYTES) {
            throw UnusableTableException.damaged();
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
