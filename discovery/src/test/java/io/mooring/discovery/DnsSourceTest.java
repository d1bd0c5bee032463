package io.mooring.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.topology.DiscoverySpec.Family;
import io.mooring.balancer.topology.DiscoverySpec.Source.Names;
import io.mooring.balancer.upstream.Backend;
import io.mooring.testkit.NameServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DnsSourceTest {

    private static final String NAME = "shop.internal";

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final NameServer server = NameServer.start();
    private final List<DnsSource> sources = new ArrayList<>();

    @AfterEach
    void stop() {
        sources.forEach(DnsSource::close);
        server.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void allAddressesOfTheNameAreMembersAndKnownByThem() {
        server.say(NAME, "10.0.0.2", "10.0.0.1", "2001:db8::1");

        assertThat(ask(source(Family.ANY)).members())
                .containsExactly(
                        new Backend("10.0.0.1", "10.0.0.1", 8080, 10),
                        new Backend("10.0.0.2", "10.0.0.2", 8080, 10),
                        new Backend("2001:db8::1", "2001:db8::1", 8080, 10));
    }

    @Test
    void onlyAddressesOfTheFamilyAreAskedFor() {
        server.say(NAME, "10.0.0.1", "2001:db8::1");

        assertThat(ids(source(Family.IPV4))).containsExactly("10.0.0.1");
        assertThat(ids(source(Family.IPV6))).containsExactly("2001:db8::1");
        assertThat(server.questions()).isEqualTo(2);
    }

    @Test
    void eachQuestionGoesToTheServerWhateverWasAnsweredBefore() {
        DnsSource source = source(Family.ANY);
        server.say(NAME, "10.0.0.1");
        assertThat(ids(source)).containsExactly("10.0.0.1");

        server.say(NAME, "10.0.0.3", "10.0.0.2");
        assertThat(ids(source)).containsExactly("10.0.0.2", "10.0.0.3");
    }

    @Test
    void anAliasIsFollowed() {
        server.alias(NAME, "real.internal").say("real.internal", "10.0.0.1");

        assertThat(ids(source(Family.ANY))).containsExactly("10.0.0.1");
    }

    @Test
    void anAnswerThatDoesNotFitADatagramIsHadByTcp() {
        String[] many =
                IntStream.rangeClosed(1, 200).mapToObj(i -> "10.0.0." + i).toArray(String[]::new);
        server.say(NAME, many);

        assertThat(ids(source(Family.IPV4))).containsExactlyInAnyOrder(many);
    }

    @Test
    void aNameThatIsNotThereHasNoMembers() {
        assertThat(ids(source(Family.ANY))).isEmpty();
        server.say(NAME);
        assertThat(ids(source(Family.ANY))).isEmpty();
    }

    @Test
    void recordsThatCannotBeHadStayIfTheOthersCan() {
        DnsSource source = source(Family.ANY);
        server.say(NAME, "10.0.0.1", "2001:db8::1");
        ask(source);
        server.say(NAME, "10.0.0.2").fail(NameServer.AAAA, NameServer.SERVFAIL);

        Answer answer = ask(source);
        assertThat(answer.members()).extracting(Backend::id).containsExactly("10.0.0.2", "2001:db8::1");
        assertThat(answer.complaints())
                .containsExactly("AAAA records: 127.0.0.1:" + server.address().getPort()
                        + ": ServFail(2) (expected: an answer); those known stay");
        server.recover();
        assertThat(ids(source)).containsExactly("10.0.0.2");
    }

    @Test
    void whetherThereAreMembersIsNotKnownIfHalfOfTheAnswerIsMissing() {
        server.say(NAME).fail(NameServer.AAAA, NameServer.SERVFAIL);

        assertThatThrownBy(() -> ask(source(Family.ANY))).hasMessageContaining("ServFail");
    }

    @Test
    void aServerThatFailsOrIsSilentIsPassedOver() {
        try (NameServer second = NameServer.start().say(NAME, "10.0.0.1")) {
            server.fail(NameServer.A, NameServer.SERVFAIL);
            assertThat(ids(source(Family.IPV4, server.address(), second.address())))
                    .containsExactly("10.0.0.1");

            server.recover();
            server.fallSilent();
            assertThat(ids(source(Family.IPV4, server.address(), second.address())))
                    .containsExactly("10.0.0.1");
        }
    }

    @Test
    void theSameTroubleIsTheSameComplaint() {
        DnsSource source = source(Family.ANY);
        server.say(NAME, "10.0.0.1");
        ask(source);
        server.ignore(NameServer.AAAA);

        List<String> complaints = ask(source).complaints();
        assertThat(complaints)
                .containsExactly("AAAA records: 127.0.0.1:" + server.address().getPort()
                        + ": timed out (expected: an answer); those known stay");
        assertThat(ask(source).complaints()).isEqualTo(complaints);
    }

    @Test
    void whenNoServerAnswersThereIsNoAnswer() {
        server.fallSilent();

        assertThatThrownBy(() -> ask(source(Family.ANY)))
                .isInstanceOf(NoAnswerException.class)
                .hasMessageContaining("127.0.0.1:" + server.address().getPort())
                .hasMessageContaining("timed out");
    }

    private DnsSource source(Family family, InetSocketAddress... servers) {
        DnsSource source = new DnsSource(
                new Names(NAME, 8080, family, servers.length == 0 ? List.of(server.address()) : List.of(servers)),
                Duration.ofSeconds(1),
                new DnsTransport(loops, NioSocketChannel.class, NioDatagramChannel.class));
        sources.add(source);
        return source;
    }

    private static Answer ask(DnsSource source) {
        return source.ask().blockOptional(Duration.ofSeconds(20)).orElseThrow();
    }

    private static List<String> ids(DnsSource source) {
        return ask(source).members().stream().map(Backend::id).toList();
    }
}
