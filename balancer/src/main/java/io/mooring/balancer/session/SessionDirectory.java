package io.mooring.balancer.session;

import io.mooring.balancer.source.SourceTable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.channels.SeekableByteChannel;
import java.util.List;
import java.util.Optional;

/**
 * The sessions that a scope remembers, for those who look at them and those who keep them over a restart. Ending them
 * is the {@link Scope}'s, which ends those that clients carry, too.
 *
 * <p>Safe for concurrent use. What is told is true for each session at the moment it is met, not for all at one moment.
 * No call holds up the decisions of an event loop for longer than it takes to look at a few hundred sessions; but one
 * may take as long as it takes to look at all, so none is for event loops.
 */
public interface SessionDirectory {

    /** The place of the first page. */
    long START = SourceTable.START;

    /**
     * The sessions of a client: that of its network, and those of its ports if the network was once
     * {@linkplain SourceShare.Split#PORT split}.
     */
    List<RememberedSession> find(InetAddress client);

    /**
     * A page of the sessions. A session that lives from the first page to the last is on one of them.
     *
     * @param backendId only those bound to this backend; all if empty
     * @param place {@link #START}, or what the page before says
     * @param limit how many sessions a page has at most, 1 or more
     * @throws IllegalArgumentException when the place is none
     */
    SessionPage page(Optional<String> backendId, long place, int limit);

    /**
     * Writes all sessions down.
     *
     * @param out is written to in blocks, and neither flushed nor closed
     * @throws IOException when it cannot be written to; what was written then is no whole table
     */
    void save(OutputStream out) throws IOException;

    /**
     * Takes over sessions that were saved, here or by another run, but for those that are over meanwhile. The time
     * between counts as idle.
     *
     * @param in what {@link #save} has written, from its beginning; it is read twice, and not closed
     * @throws UnusableTableException when that is not a whole table of this scope; then nothing is taken over
     * @throws IOException when it cannot be read; if that is so at the second reading, some of it may be taken over
     */
    RestoreReport restore(SeekableByteChannel in) throws IOException;
}
