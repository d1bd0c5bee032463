package io.mooring.l4;

import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.topology.ListenerSpec;
import java.net.InetSocketAddress;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** A port that is open. Safe for concurrent use. */
public interface BoundListener {

    /** What it was opened for. */
    ListenerSpec spec();

    /** Where it listens; the port is the one that the system chose if the listener left it to choose. */
    InetSocketAddress address();

    /** How many connections or flows are open now. */
    int open();

    /** How many clients were turned away for a reason since it was opened. */
    default long refused(Refusal reason) {
        return 0;
    }

    /**
     * How many connections or flows were broken off for a reason, so that their clients would be given other backends.
     */
    long rescheduled(RescheduleReason reason);

    /**
     * How many datagrams were dropped since it was opened, for want of a backend or of room in a socket, or because
     * they were empty or too large for the network they were to go by.
     */
    long droppedDatagrams();

    /** How many UDP flows gave way to new ones since it was opened. */
    long evictedFlows();

    /**
     * Stops gracefully: takes no new connection or flow from the moment of subscription, lets those there are finish
     * until the deadline, then cuts the rest. Completes when all are over and the port is free.
     *
     * <p>A TCP client that the kernel has connected by then, or is about to, still counts as there: the port is closed
     * once they are accepted, a moment later, so that none is reset. In that moment new clients are not refused but
     * wait, and reach another process if one listens on the port too.
     *
     * <p>A UDP flow, which has no end of its own, is finished once it was silent for a second. Cancelling stops the
     * waiting, not the stopping. More than one subscription stops once, each with the deadline of its own.
     */
    Mono<Void> stop(Duration deadline);
}
