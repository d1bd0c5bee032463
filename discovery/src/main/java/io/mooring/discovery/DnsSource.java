package io.mooring.discovery;

import io.mooring.balancer.topology.DiscoverySpec;
import io.mooring.balancer.upstream.Backend;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.AddressedEnvelope;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsNameResolverException;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsServerAddressStream;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.DnsServerAddresses;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * All addresses of a name, as recursive name servers tell them: one after the other until one says which there are, or
 * that there are none. A member is known by its address.
 *
 * <p>Records of one kind that cannot be had stay as they were when they last could, if those of the other kind can be
 * had.
 */
final class DnsSource implements MemberSource {

    /** How long a server is waited for while there may be another to ask. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final DiscoverySpec.Source.Names names;
    private final DnsNameResolver resolver;
    private final Map<DnsRecordType, Collection<String>> known = new HashMap<>();

    /** Opens a socket for each question, and none before. */
    DnsSource(DiscoverySpec.Source.Names names, Duration timeout, DnsTransport transport) {
        this.names = names;
        Duration half = timeout.dividedBy(2);
        this.resolver = new DnsNameResolverBuilder(transport.loops().next())
                .datagramChannelType(transport.datagrams())
                .socketChannelType(transport.streams())
                // Another port for each question, which one who would forge an answer has to guess.
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .queryTimeoutMillis((half.compareTo(PATIENCE) < 0 ? half : PATIENCE).toMillis())
                .build();
    }

    @Override
    public Mono<Answer> ask() {
        return Flux.fromStream(this::types)
                .flatMap(type -> Mono.<Records>create(
                        sink -> ask(new DefaultDnsQuestion(names.name(), type), servers(), 0, "no name server", sink)))
                .collectList()
                .map(this::answer);
    }

    @Override
    public void close() {
        resolver.close();
    }

    private Stream<DnsRecordType> types() {
        return switch (names.family()) {
            case ANY -> Stream.of(DnsRecordType.A, DnsRecordType.AAAA);
            case IPV4 -> Stream.of(DnsRecordType.A);
            case IPV6 -> Stream.of(DnsRecordType.AAAA);
        };
    }

    private DnsServerAddressStream servers() {
        return names.servers().isEmpty()
                ? DnsServerAddressStreamProviders.platformDefault().nameServerAddressStream(names.name())
                : DnsServerAddresses.sequential(names.servers()).stream();
    }

    /** Asks the next server, if there is one that was not asked yet. */
    private void ask(
            DnsQuestion question, DnsServerAddressStream servers, int asked, String problem, MonoSink<Records> sink) {
        if (asked == servers.size()) {
            sink.success(Records.missing(question.type(), problem));
            return;
        }
        InetSocketAddress server = servers.next();
        resolver.query(server, question).addListener(done -> {
            String failure = reason(done.cause());
            if (done.isSuccess()) {
                @SuppressWarnings("unchecked") // what the resolver's future is of
                AddressedEnvelope<DnsResponse, InetSocketAddress> reply =
                        (AddressedEnvelope<DnsResponse, InetSocketAddress>) done.getNow();
                try {
                    DnsResponseCode code = reply.content().code();
                    if (code.equals(DnsResponseCode.NOERROR) || code.equals(DnsResponseCode.NXDOMAIN)) {
                        sink.success(Records.in(reply.content(), question.type()));
                        return;
                    }
                    failure = code.toString();
                } finally {
                    reply.release();
                }
            }
            ask(question, servers, asked + 1, NetUtil.toSocketAddressString(server) + ": " + failure, sink);
        });
    }

    /** Why there is no answer, in the same words each time: the resolver's have a number in them that differs. */
    private static String reason(@Nullable Throwable failure) {
        Throwable root = failure;
        while (root != null && !(root instanceof DnsNameResolverTimeoutException) && root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof DnsNameResolverTimeoutException) {
            return "timed out";
        }
        return root instanceof DnsNameResolverException ? "cannot be asked" : String.valueOf(root);
    }

    private Answer answer(List<Records> answers) {
        List<String> complaints = new ArrayList<>();
        for (Records records : answers) {
            if (records.addresses == null) {
                complaints.add(records.type.name() + " records: " + PlainText.line(records.problem)
                        + " (expected: an answer); those known stay");
            } else {
                known.put(records.type, records.addresses);
            }
        }
        List<Backend> members = answers.stream()
                .flatMap(records -> known.getOrDefault(records.type, List.of()).stream())
                .map(address -> new Backend(address, address, names.port(), Backend.DEFAULT_WEIGHT))
                .toList();
        boolean nothing = answers.stream().allMatch(records -> records.addresses == null);
        if (nothing || (members.isEmpty() && !complaints.isEmpty())) {
            throw new NoAnswerException(answers.stream()
                    .filter(records -> records.addresses == null)
                    .map(records -> records.problem)
                    .distinct()
                    .collect(Collectors.joining("; ")));
        }
        return Answer.of(members, complaints);
    }

    /**
     * What a server said of records of one kind.
     *
     * @param addresses null if none said anything
     * @param problem why not
     */
    private record Records(DnsRecordType type, @Nullable Collection<String> addresses, String problem) {

        static Records missing(DnsRecordType type, String problem) {
            return new Records(type, null, problem);
        }

        static Records in(DnsResponse response, DnsRecordType type) {
            return new Records(
                    type,
                    IntStream.range(0, response.count(DnsSection.ANSWER))
                            .mapToObj(i -> response.<DnsRecord>recordAt(DnsSection.ANSWER, i))
                            .filter(record -> record.type().equals(type))
                            .flatMap(Records::address)
                            .collect(Collectors.toCollection(TreeSet::new)),
                    "");
        }

        private static Stream<String> address(DnsRecord record) {
            if (!(record instanceof DnsRawRecord raw)) {
                return Stream.empty();
            }
            ByteBuf content = raw.content();
            try {
                return Stream.of(NetUtil.toAddressString(InetAddress.getByAddress(ByteBufUtil.getBytes(content))));
            } catch (UnknownHostException e) {
                return Stream.empty(); // neither four bytes nor sixteen
            }
        }
    }
}
