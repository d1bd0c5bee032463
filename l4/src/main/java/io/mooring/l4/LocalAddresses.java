package io.mooring.l4;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The addresses of this machine that a UDP listener on all of them has sockets of their own for, so that answers leave
 * from the address that the client wrote to. The kernel prefers them to the socket that is bound to all; what still
 * comes there is for an address that has come up since, and for IPv4 the kernel says which: it gets a socket then.
 *
 * <p>The addresses that are there at the start have a socket on each loop. One that comes up later has a single socket:
 * the kernel would not spread its clients over several as it did over those that are bound to all, and a flow stays on
 * its loop.
 *
 * <p>With the JDK's sockets, for more than {@value #MAX} addresses, and for IPv6 addresses that came up later or are
 * local to a link, answers leave from the address that the system chooses.
 *
 * <p>Safe for concurrent use.
 */
final class LocalAddresses {

    private static final int MAX = 64;

    private final ListenerContext context;
    private final List<UdpLoop> loops;
    private final Map<InetAddress, Late> late = new ConcurrentHashMap<>();
    private volatile int port;

    LocalAddresses(ListenerContext context, List<UdpLoop> loops) {
        this.context = context;
        this.loops = loops;
    }

    /** Opens sockets for the addresses that are there now, if the listener is bound to all of them. */
    Mono<Void> openKnown(InetSocketAddress bound) {
        port = bound.getPort();
        if (!bound.getAddress().isAnyLocalAddress()
                || !context.transport().loops().isNative()) {
            return Mono.empty();
        }
        return Mono.fromCallable(LocalAddresses::known)
                .flatMapIterable(known -> known)
                .concatMap(address -> Flux.fromIterable(loops)
                        .concatMap(loop -> open(loop, address))
                        .then())
                .then();
    }

    /** The one loop that serves an address which has come up since the start, or null if any may. */
    @Nullable
    UdpLoop serving(InetAddress address) {
        Late known = late.get(address);
        if (known == null) {
            if (late.size() >= MAX || address.isMulticastAddress()) {
                return null;
            }
            UdpLoop loop = loops.get(Math.floorMod(address.hashCode(), loops.size()));
            Late fresh = new Late(loop, open(loop, address).cache());
            Late before = late.putIfAbsent(address, fresh);
            known = before == null ? fresh : before;
        }
        return known.loop();
    }

    /** Runs something on the loop that serves an address once it has a socket of its own, or cannot have one. */
    void whenOpen(InetAddress address, Runnable then) {
        Late known = late.get(address);
        if (known == null) {
            then.run();
        } else {
            known.opening().subscribe(nothing -> {}, failure -> {}, then);
        }
    }

    /** Never fails: without a socket of its own, the address is answered from as the system chooses. */
    private Mono<Void> open(UdpLoop loop, InetAddress address) {
        return loop.open(new InetSocketAddress(address, port), UdpSocket.Sharing.FROM_THE_START)
                .onErrorResume(failure -> {
                    context.failed("answering from " + address.getHostAddress(), failure);
                    return Mono.empty();
                })
                .then();
    }

    /** An address that has come up since the start. */
    private record Late(UdpLoop loop, Mono<Void> opening) {}

    private static List<InetAddress> known() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLinkLocalAddress())
                .distinct()
                .limit(MAX)
                .toList();
    }
}
