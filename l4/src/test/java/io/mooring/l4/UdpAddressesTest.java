package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TestGateway.STICKY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mooring.balancer.topology.FlowSpec;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.ChannelBindException;

class UdpAddressesTest {

    private static final int ADDRESSES = 80;

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 127.0.0.3, 127.0.0.1",
        "0.0.0.0, 127.0.0.3, 127.0.0.2",
        "::, 127.0.0.3, 127.0.0.2",
        "::, ::1, ::1",
        "0.0.0.0, ::1, ::1"
    })
    void answersComeFromTheAddressThatWasWrittenTo(String bound, String from, String to) throws Exception {
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(STICKY, backend.spec())) {
            assumeThat(gateway.isNative()).isTrue();
            BoundListener listener = gateway.bind(TestGateway.udp(bound, FlowSpec.DEFAULT));
            List<UdpClient> clients = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                UdpClient client = new UdpClient(listener, from, to);
                clients.add(client);
                for (int j = 0; j < 3; j++) {
                    assertThat(client.ask("hello")).isEqualTo("ahello");
                }
            }
            assertThat(listener.open()).isEqualTo(clients.size());
            clients.forEach(UdpClient::close);
        }
    }

    @Test
    void moreAddressesThanHaveSocketsAreStillServed() throws Exception {
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            assumeThat(gateway.isNative()).isTrue();
            BoundListener listener = gateway.bind(TestGateway.udp("0.0.0.0", FlowSpec.DEFAULT));
            for (int i = 1; i <= ADDRESSES; i++) {
                try (UdpClient client = new UdpClient(listener, "127.0.0.1", "127.0.3." + i)) {
                    client.send("hello");
                }
            }
            Eventually.await("all have a flow", () -> listener.open() == ADDRESSES);
            Eventually.await(
                    "all have reached the backend", () -> gateway.activity("a").bytesToBackend() == ADDRESSES * 5);
        }
    }

    @Test
    void aSocketOfTheJdkAnswersOnAWildcardAddress() throws Exception {
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.onNio(STICKY, backend.spec());
                UdpClient client = new UdpClient(
                        gateway.bind(TestGateway.udp("0.0.0.0", FlowSpec.DEFAULT)), "127.0.0.1", "127.0.0.1")) {
            assertThat(client.ask("hello")).isEqualTo("ahello");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
    void aPortIsNotSharedByMistake(String address) throws Exception {
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.udp(address, FlowSpec.DEFAULT));
            ListenerSpec taken = TestListener.of(Protocol.UDP)
                    .name("second")
                    .address(address)
                    .port(listener.address().getPort())
                    .spec();
            assertThatThrownBy(() -> gateway.bind(taken)).isInstanceOf(ChannelBindException.class);
        }
    }

    @Test
    void aDatagramThatIsTooLargeForTheBackendsNetworkIsCounted() throws Exception {
        int largestOfIpv6 = 65_527;
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.udp("::1", FlowSpec.DEFAULT));
            try (UdpClient client = new UdpClient(listener, "::1", "::1")) {
                client.send(new byte[largestOfIpv6]);
                Eventually.await("it is dropped", () -> listener.droppedDatagrams() == 1);
                assertThat(client.ask("hello")).isEqualTo("ahello");
            }
        }
    }

    @Test
    void anEmptyDatagramIsDroppedAndCounted() throws Exception {
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.udp();
            try (DatagramSocket client = new DatagramSocket()) {
                client.send(new DatagramPacket(new byte[0], 0, listener.address()));
                Eventually.await("it is dropped", () -> listener.droppedDatagrams() == 1);
                assertThat(listener.open()).isZero();
            }
        }
    }
}
