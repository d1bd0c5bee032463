package io.mooring.l4;

import static io.mooring.l4.ProxyHeaders.LOCAL;
import static io.mooring.l4.ProxyHeaders.PROXY;
import static io.mooring.l4.ProxyHeaders.TCP4;
import static io.mooring.l4.ProxyHeaders.TCP6;
import static io.mooring.l4.ProxyHeaders.UNIX;
import static io.mooring.l4.ProxyHeaders.addresses;
import static io.mooring.l4.ProxyHeaders.concat;
import static io.mooring.l4.ProxyHeaders.nested;
import static io.mooring.l4.ProxyHeaders.ssl;
import static io.mooring.l4.ProxyHeaders.tlv;
import static io.mooring.l4.ProxyHeaders.v1;
import static io.mooring.l4.ProxyHeaders.v2;
import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TestGateway.STICKY;
import static io.mooring.l4.TestGateway.connect;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.topology.AddressRange;
import io.mooring.balancer.topology.TcpSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a listener behind a proxy makes of the header that its connections begin with. */
class ProxyGreetingTest {

    private static final String PROXY_ADDRESS = "127.0.0.7";
    private static final byte[] HEADER = v1("PROXY TCP4 192.0.2.1 192.0.2.2 4001 443");

    @ParameterizedTest(name = "{0}")
    @MethodSource("headers")
    void theClientIsWhoTheHeaderSays(String name, byte[] header, @Nullable String client, int port) throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(proxied()));
            for (int piece : List.of(header.length, 1, header.length - 1)) {
                ConnectionRecord record = greet(gateway, listener, header, piece, "hello");

                assertThat(record.ending()).isEqualTo(Ending.COMPLETED);
                assertThat(record.bytesToBackend()).isEqualTo("hello".length());
                if (client == null) {
                    assertThat(record.client().getAddress()).isEqualTo(InetAddress.getByName(PROXY_ADDRESS));
                } else {
                    assertThat(record.client()).isEqualTo(new InetSocketAddress(client, port));
                }
            }
            for (Refusal reason : Refusal.values()) {
                assertThat(listener.refused(reason)).isZero();
            }
        }
    }

    static Stream<Arguments> headers() {
        byte[] ipv4 = addresses("192.0.2.1", 4001, "192.0.2.2", 443);
        byte[] ipv6 = addresses("2001:db8::1", 65_535, "2001:db8::2", 443);
        return Stream.of(
                arguments("v1, IPv4", HEADER, "192.0.2.1", 4001),
                arguments("v1, IPv6", v1("PROXY TCP6 2001:db8::1 2001:db8::2 4001 443"), "2001:db8::1", 4001),
                arguments("v1, unknown", v1("PROXY UNKNOWN"), null, 0),
                arguments("v1, unknown, with more", v1("PROXY UNKNOWN ffff::1 ffff::2 1 2"), null, 0),
                arguments("v2, IPv4", v2(PROXY, TCP4, ipv4), "192.0.2.1", 4001),
                arguments("v2, IPv6", v2(PROXY, TCP6, ipv6), "2001:db8::1", 65_535),
                arguments(
                        "v2, IPv4 mapped into IPv6",
                        v2(PROXY, TCP6, addresses("192.0.2.1", 4001, "2001:db8::2", 443)),
                        "192.0.2.1",
                        4001),
                arguments(
                        "v2, more beside the addresses",
                        v2(PROXY, TCP4, ipv4, tlv(1, "h2".getBytes(US_ASCII)), tlv(0xEA, new byte[3000])),
                        "192.0.2.1",
                        4001),
                arguments(
                        "v2, nested",
                        v2(PROXY, TCP4, ipv4, ssl(tlv(0x21, "TLSv1.3".getBytes(US_ASCII)), tlv(0x22, new byte[64]))),
                        "192.0.2.1",
                        4001),
                arguments("v2, a local socket", v2(PROXY, UNIX, new byte[216]), null, 0),
                arguments("v2, of the proxy itself", v2(LOCAL, 0), null, 0),
                arguments("v2, of the proxy itself, with more", v2(LOCAL, TCP4, ipv4), null, 0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("notHeaders")
    void whatIsNoHeaderIsClosedAndCounted(String name, byte[] bytes) throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(proxied()));
            for (int count = 1; count <= 3; count++) {
                try (Socket client = connect(listener, PROXY_ADDRESS)) {
                    send(client, bytes, count == 1 ? bytes.length : 1 + bytes.length / 2);
                    endOutput(client);
                    assertThat(isClosed(client)).isTrue();
                }
                int expected = count;
                Eventually.await("it is counted", () -> listener.refused(Refusal.BAD_PROXY_HEADER) == expected);
            }
            Eventually.await("nothing is open", () -> listener.open() == 0);
            assertThat(gateway.hasEnded()).isFalse();
            assertThat(gateway.activity("a").picks()).isZero();
        }
    }

    static Stream<Arguments> notHeaders() {
        byte[] ipv4 = addresses("192.0.2.1", 4001, "192.0.2.2", 443);
        byte[] whole = v2(PROXY, TCP4, ipv4);
        return Stream.of(
                arguments("another protocol", "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII)),
                arguments("zeroes", new byte[300]),
                arguments("v1, cut short", "PROXY TCP4 192.0.2.1 192.0.2.2 40".getBytes(US_ASCII)),
                arguments("v1, without an end", ("PROXY TCP4 " + "1".repeat(500)).getBytes(US_ASCII)),
                arguments("v1, not an address", v1("PROXY TCP4 192.0.2.256 192.0.2.2 4001 443")),
                arguments("v1, an address of the other family", v1("PROXY TCP4 2001:db8::1 192.0.2.2 4001 443")),
                arguments("v1, not a port", v1("PROXY TCP4 192.0.2.1 192.0.2.2 65536 443")),
                arguments("v1, too few words", v1("PROXY TCP4 192.0.2.1 192.0.2.2 4001")),
                arguments("v1, datagrams", v1("PROXY UDP4 192.0.2.1 192.0.2.2 4001 443")),
                arguments("v2, cut short", Arrays.copyOf(whole, 20)),
                arguments("v2, version 1", v2(0x11, TCP4, ipv4)),
                arguments("v2, version 3", v2(0x31, TCP4, ipv4)),
                arguments("v2, unknown command", v2(0x22, TCP4, ipv4)),
                arguments("v2, unknown family", v2(PROXY, 0x41, ipv4)),
                arguments("v2, too short for its family", v2(PROXY, TCP6, ipv4)),
                arguments("v2, more than is taken", v2(PROXY, TCP4, ipv4, tlv(0xEA, new byte[20_000]))),
                arguments("v2, a part that is longer than the whole", v2(PROXY, TCP4, ipv4, overlong())),
                arguments("v2, nested without end", v2(PROXY, TCP4, ipv4, nested(200))));
    }

    @Test
    void whatFollowsAHeaderIsNoHeaderAnyMore() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(proxied()));
            String second = new String(v1("PROXY TCP4 203.0.113.1 203.0.113.2 1 2"), US_ASCII);

            ConnectionRecord record = greet(gateway, listener, HEADER, HEADER.length, second);

            assertThat(record.client()).isEqualTo(new InetSocketAddress("192.0.2.1", 4001));
        }
    }

    @Test
    void sessionsAreThoseOfTheClientsBehindTheProxy() throws Exception {
        try (TcpBackend a = TcpBackend.echo("a");
                TcpBackend b = TcpBackend.echo("b");
                TestGateway gateway = TestGateway.of(STICKY, a.spec(), b.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(proxied()));
            byte[] other = v1("PROXY TCP4 192.0.2.9 192.0.2.2 4001 443");

            ConnectionRecord first = greet(gateway, listener, HEADER, 5, "");
            ConnectionRecord second = greet(gateway, listener, other, 5, "");
            ConnectionRecord again = greet(gateway, listener, HEADER, 5, "");

            assertThat(first.outcome()).isEqualTo(Outcome.NEW);
            assertThat(second.outcome()).isEqualTo(Outcome.NEW);
            assertThat(second.backend()).isNotEqualTo(first.backend());
            assertThat(again.outcome()).isEqualTo(Outcome.KEPT);
            assertThat(again.backend()).isEqualTo(first.backend());

            ConnectionRecord ipv6 =
                    greet(gateway, listener, v1("PROXY TCP6 2001:db8::1 2001:db8:1::1 4001 443"), 5, "");
            ConnectionRecord sameNetwork =
                    greet(gateway, listener, v1("PROXY TCP6 2001:db8::ffff 2001:db8:1::1 4001 443"), 5, "");
            assertThat(ipv6.outcome()).isEqualTo(Outcome.NEW);
            assertThat(sameNetwork.outcome()).isEqualTo(Outcome.KEPT);
            assertThat(sameNetwork.backend()).isEqualTo(ipv6.backend());
        }
    }

    @Test
    void whoIsNoProxyIsRefusedAtOnce() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(proxied()));
            try (Socket client = connect(listener, "127.0.1.1")) {
                assertThat(isClosed(client)).isTrue();
            }
            assertThat(listener.refused(Refusal.UNTRUSTED_PROXY)).isEqualTo(1);
            assertThat(gateway.activity("a").picks()).isZero();
        }
    }

    @Test
    void aHeaderThatDoesNotComeIsNotWaitedForLong() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(proxied(Duration.ofMillis(300))));
            try (Socket silent = connect(listener, PROXY_ADDRESS);
                    Socket slow = connect(listener, PROXY_ADDRESS)) {
                slow.getOutputStream().write(HEADER, 0, HEADER.length - 1);

                assertThat(isClosed(silent)).isTrue();
                assertThat(isClosed(slow)).isTrue();
            }
            assertThat(listener.refused(Refusal.PROXY_HEADER_TIMEOUT)).isEqualTo(2);
            assertThat(listener.refused(Refusal.BAD_PROXY_HEADER)).isZero();
        }
    }

    @Test
    void aProxyThatOnlyLooksWhetherWeAreThereIsNotCounted() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(proxied()));
            connect(listener, PROXY_ADDRESS).close();
            TcpBackend.reset(connect(listener, PROXY_ADDRESS));

            greet(gateway, listener, HEADER, HEADER.length, "");
            Eventually.await("nothing is open", () -> listener.open() == 0);
            assertThat(listener.refused(Refusal.BAD_PROXY_HEADER)).isZero();
        }
    }

    @Test
    void aClientWithoutAHeaderYetIsCutWhenTheListenerStops() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(proxied(Duration.ofMinutes(1))));
            try (Socket client = connect(listener, PROXY_ADDRESS)) {
                Eventually.await("it is open", () -> listener.open() == 1);

                listener.stop(Duration.ofMillis(300)).block(Duration.ofSeconds(10));

                assertThat(isClosed(client)).isTrue();
                assertThat(listener.open()).isZero();
            }
        }
    }

    @Test
    void headersThatNeverEndTakeNoMoreMemoryThanTheyMay() throws Exception {
        int clients = 300;
        byte[] endless = v2(PROXY, TCP4, addresses("192.0.2.1", 1, "192.0.2.2", 2), tlv(0xEA, new byte[60_000]));
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(proxied(Duration.ofMinutes(1))));
            long before = DirectMemory.used();
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                Socket client = connect(listener, PROXY_ADDRESS);
                open.add(client);
                client.getOutputStream().write(endless, 0, ProxyGreeting.MAX_TLV_BYTES);
            }
            Eventually.await("all are open", () -> listener.open() == clients);

            assertThat(DirectMemory.used() - before).isLessThan(16 * 1024 * 1024 + clients * 8L * 1024);
            for (Socket client : open) {
                send(client, endless, endless.length);
                assertThat(isClosed(client)).isTrue();
                client.close();
            }
            Eventually.await("all are counted", () -> listener.refused(Refusal.BAD_PROXY_HEADER) == clients);
        }
    }

    private static TcpSpec proxied() throws UnknownHostException {
        return proxied(TcpSpec.Proxied.DEFAULT_TIMEOUT);
    }

    private static TcpSpec proxied(Duration timeout) throws UnknownHostException {
        return new TcpSpec(
                TcpSpec.DEFAULT_BACKLOG,
                TcpSpec.UNLIMITED,
                TcpSpec.UNLIMITED,
                Optional.empty(),
                Optional.of(new TcpSpec.Proxied(
                        List.of(new AddressRange(InetAddress.getByName("127.0.0.0"), 24)), timeout)),
                TcpSpec.KeepAlive.OF_SYSTEM);
    }

    /** Sends a header in pieces, and a text with its last piece; the text must come back. */
    private static ConnectionRecord greet(
            TestGateway gateway, BoundListener listener, byte[] header, int piece, String text) throws IOException {
        try (Socket client = connect(listener, PROXY_ADDRESS)) {
            client.setTcpNoDelay(true);
            send(client, concat(header, text.getBytes(US_ASCII)), piece);
            client.shutdownOutput();
            assertThat(TcpBackend.readId(client.getInputStream())).isNotEmpty();
            assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII))
                    .isEqualTo(text);
            return gateway.ended();
        }
    }

    private static void send(Socket client, byte[] bytes, int piece) {
        try {
            for (int sent = 0; sent < bytes.length; sent += piece) {
                client.getOutputStream().write(bytes, sent, Math.min(piece, bytes.length - sent));
            }
        } catch (IOException e) {
            // The gateway has heard enough.
        }
    }

    private static void endOutput(Socket client) {
        try {
            client.shutdownOutput();
        } catch (IOException e) {
            // The gateway has heard enough.
        }
    }

    private static boolean isClosed(Socket client) throws IOException {
        try {
            return client.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private static byte[] overlong() {
        byte[] part = tlv(0xEA, new byte[10]);
        part[1] = 1;
        return part;
    }
}
