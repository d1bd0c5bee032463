package io.mooring.l4;

import static io.mooring.l4.ProxyHeaders.PROXY;
import static io.mooring.l4.ProxyHeaders.TCP4;
import static io.mooring.l4.ProxyHeaders.TCP6;
import static io.mooring.l4.ProxyHeaders.addresses;
import static io.mooring.l4.ProxyHeaders.v1;
import static io.mooring.l4.ProxyHeaders.v2;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.AddressRange;
import io.mooring.balancer.topology.TcpSpec;
import io.mooring.balancer.upstream.ProxyProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a backend is told of its client. */
class ProxyAnnouncementTest {

    @ParameterizedTest
    @CsvSource({
        "V1, 127.0.0.1, 127.0.0.5, 127.0.0.1",
        "V2, 127.0.0.1, 127.0.0.5, 127.0.0.1",
        "V1, 0.0.0.0, 127.0.0.5, 127.0.0.3",
        "V2, 0.0.0.0, 127.0.0.5, 127.0.0.3",
        "V1, ::1, ::1, ::1",
        "V2, ::1, ::1, ::1",
        "V2, ::, 127.0.0.5, 127.0.0.3",
        "V1, ::, ::1, ::1",
    })
    void aBackendIsToldWhereItsClientCameFromAndWhereItConnectedTo(
            ProxyProtocol version, String bound, String from, String to) throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = TestGateway.announcing(version, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(bound, 0, TcpSpec.DEFAULT));
            try (Socket client = connect(from, to, listener.address().getPort());
                    Socket server = backend.next()) {
                byte[] expected = header(version, from, client.getLocalPort(), to, client.getPort());

                assertThat(server.getInputStream().readNBytes(expected.length)).isEqualTo(expected);

                client.getOutputStream().write('x');
                assertThat(server.getInputStream().read()).isEqualTo('x');
                server.getOutputStream().write('y');
                assertThat(client.getInputStream().read()).isEqualTo('y');
            }
            assertThat(gateway.ended().bytesToBackend()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatAProxyBeforeUsSaysIsPassedOn(ProxyProtocol version) throws Exception {
        assertThat(passedOn(version, v1("PROXY TCP4 192.0.2.1 192.0.2.2 4001 443")))
                .isEqualTo(header(version, "192.0.2.1", 4001, "192.0.2.2", 443));
        assertThat(passedOn(version, v2(PROXY, TCP6, addresses("2001:db8::1", 4001, "2001:db8::2", 443))))
                .isEqualTo(header(version, "2001:db8::1", 4001, "2001:db8::2", 443));
    }

    @Test
    void anAddressOfTheOtherFamilyIsWrittenAsOneOfTheSame() throws Exception {
        byte[] mixed = v2(PROXY, TCP6, addresses("192.0.2.1", 4001, "2001:db8::2", 443));

        assertThat(passedOn(ProxyProtocol.V2, mixed)).isEqualTo(mixed);
        assertThat(passedOn(ProxyProtocol.V1, mixed)).isEqualTo(v1("PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 4001 443"));
    }

    private static byte[] passedOn(ProxyProtocol version, byte[] header) throws Exception {
        TcpSpec proxied = new TcpSpec(
                TcpSpec.DEFAULT_BACKLOG,
                TcpSpec.UNLIMITED,
                TcpSpec.UNLIMITED,
                Optional.empty(),
                Optional.of(new TcpSpec.Proxied(
                        List.of(new AddressRange(InetAddress.getLoopbackAddress(), 32)), Duration.ofSeconds(3))),
                TcpSpec.KeepAlive.OF_SYSTEM);
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = TestGateway.announcing(version, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(proxied));
            try (Socket client = TestGateway.connect(listener, "127.0.0.1")) {
                client.getOutputStream().write(header);
                client.shutdownOutput();
                try (Socket server = backend.next()) {
                    return server.getInputStream().readAllBytes();
                }
            }
        }
    }

    private static byte[] header(ProxyProtocol version, String from, int fromPort, String to, int toPort) {
        boolean ipv6 = from.contains(":");
        return switch (version) {
            case V1 -> v1("PROXY " + (ipv6 ? "TCP6 " : "TCP4 ") + from + " " + to + " " + fromPort + " " + toPort);
            case V2 -> v2(PROXY, ipv6 ? TCP6 : TCP4, addresses(from, fromPort, to, toPort));
        };
    }

    private static Socket connect(String from, String to, int port) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(10_000);
        client.bind(new InetSocketAddress(from, 0));
        client.connect(new InetSocketAddress(to, port));
        return client;
    }
}
