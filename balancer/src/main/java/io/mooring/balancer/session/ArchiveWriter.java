package io.mooring.balancer.session;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/** Writes a table as {@link ArchiveReader} reads it. */
final class ArchiveWriter {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final CheckedOutputStream checked;
    private final DataOutputStream out;
    private final ByteBuffer session = ByteBuffer.allocate(ArchivedSession.BYTES);
    private long sessions;

    ArchiveWriter(OutputStream to) {
        checked = new CheckedOutputStream(new BufferedOutputStream(to, BUFFER_BYTES), new CRC32C());
        out = new DataOutputStream(checked);
    }

    void write(ArchiveHeader header) throws IOException {
        header.write(out);
    }

    void write(ArchivedSession next) throws IOException {
        next.write(session.clear());
        out.write(session.array());
        sessions++;
    }

    /** Writes what stands after the last session. */
    void finish() throws IOException {
        out.writeLong(sessions);
        out.writeInt((int) checked.getChecksum().getValue());
        out.flush();
    }
}
