package io.mooring.l4;

import io.mooring.balancer.topology.TcpSpec.KeepAlive;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.SocketOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;

/**
 * Options of the kernel that Netty has no names for on every kind of channel. The numbers are Linux's, and the same on
 * each architecture that native epoll is there for.
 */
final class SocketOptions {

    private static final int SOL_SOCKET = 1;
    private static final int IPPROTO_TCP = 6;

    private static final ChannelOption<Integer> SO_KEEPALIVE = ofSocket("SO_KEEPALIVE", 9);
    private static final ChannelOption<Integer> TCP_KEEPIDLE = ofTcp("TCP_KEEPIDLE", 4);
    private static final ChannelOption<Integer> TCP_KEEPINTVL = ofTcp("TCP_KEEPINTVL", 5);
    private static final ChannelOption<Integer> TCP_KEEPCNT = ofTcp("TCP_KEEPCNT", 6);

    private SocketOptions() {}

    /** Probing of silent peers, for sockets of native epoll. Those that a listening socket accepts inherit it. */
    static Map<ChannelOption<Integer>, Integer> nativeKeepAlive(KeepAlive spec) {
        Map<ChannelOption<Integer>, Integer> options = new LinkedHashMap<>();
        options.put(SO_KEEPALIVE, 1);
        spec.idle().ifPresent(idle -> options.put(TCP_KEEPIDLE, seconds(idle)));
        spec.interval().ifPresent(interval -> options.put(TCP_KEEPINTVL, seconds(interval)));
        spec.probes().ifPresent(probes -> options.put(TCP_KEEPCNT, probes));
        return options;
    }

    /** How silent peers are probed, for the JDK's sockets; that they are is {@link ChannelOption#SO_KEEPALIVE}. */
    static Map<ChannelOption<Integer>, Integer> jdkKeepAlive(KeepAlive spec) {
        Map<ChannelOption<Integer>, Integer> options = new LinkedHashMap<>();
        spec.idle().ifPresent(idle -> options.put(jdk(ExtendedSocketOptions.TCP_KEEPIDLE), seconds(idle)));
        spec.interval()
                .ifPresent(interval -> options.put(jdk(ExtendedSocketOptions.TCP_KEEPINTERVAL), seconds(interval)));
        spec.probes().ifPresent(probes -> options.put(jdk(ExtendedSocketOptions.TCP_KEEPCOUNT), probes));
        return options;
    }

    private static ChannelOption<Integer> ofSocket(String name, int number) {
        return new IntegerUnixChannelOption(name, SOL_SOCKET, number);
    }

    private static ChannelOption<Integer> ofTcp(String name, int number) {
        return new IntegerUnixChannelOption(name, IPPROTO_TCP, number);
    }

    private static ChannelOption<Integer> jdk(SocketOption<Integer> option) {
        return NioChannelOption.of(option);
    }

    private static int seconds(Duration duration) {
        return Math.toIntExact(duration.toSeconds());
    }
}
