package io.mooring.balancer.session;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/** Reads a saved table from its beginning to its checksum, a session at a time. */
final class ArchiveReader {

    private static final int TRAILER_BYTES = Long.BYTES + Integer.BYTES;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final CheckedInputStream checked;
    private final DataInputStream in;
    private final ArchiveHeader header;
    private final long sessions;
    private final ByteBuffer session = ByteBuffer.allocate(ArchivedSession.BYTES);

    /** Reads the header; the channel is read on, and not closed. */
    ArchiveReader(SeekableByteChannel channel) throws IOException {
        channel.position(0);
        checked = new CheckedInputStream(
                new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES), new CRC32C());
        in = new DataInputStream(checked);
        try {
            header = ArchiveHeader.read(in);
        } catch (EOFException e) {
            throw UnusableTableException.damaged();
        }
        long bytes = channel.size() - header.length() - TRAILER_BYTES;
        if (bytes < 0 || bytes % ArchivedSession.BYTES != 0 || header.savedMillis() < 0) {
            throw UnusableTableException.damaged();
        }
        sessions = bytes / ArchivedSession.BYTES;
    }

    ArchiveHeader header() {
        return header;
    }

    /** How many sessions follow the header. */
    long sessions() {
        return sessions;
    }

    /** The next session, of which there are {@link #sessions}. */
    ArchivedSession next() throws IOException {
        in.readFully(session.array());
        return ArchivedSession.read(session.clear(), header.backends().size());
    }

    /** Checks what stands after the last session. */
    void finish() throws IOException {
        long count = in.readLong();
        int computed = (int) checked.getChecksum().getValue();
        if (in.readInt() != computed || count != sessions) {
            throw UnusableTableException.damaged();
        }
    }
}
