package io.mooring.discovery;

import io.mooring.balancer.topology.DiscoverySpec;
import io.mooring.balancer.upstream.Backend;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The instances of a service, as a client of Spring Cloud's tells them. An instance is known by the id that its
 * registry gives it, or else by its host and port.
 */
final class RegistrySource implements MemberSource {

    private static final Pattern NAME =
            Pattern.compile("(?=.{1,253}$)(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\\.?");
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]*[0-9]");
    private static final Pattern WEIGHT = Pattern.compile("[0-9]{1,3}");
    private static final int MAX_PORT = 65_535;

    private final Supplier<ReactiveDiscoveryClient> client;
    private final DiscoverySpec.Source.Registry service;
    private final Scheduler calls;

    /**
     * A source that asks a client.
     *
     * @param calls where the client may block; stays its owner's
     */
    RegistrySource(Supplier<ReactiveDiscoveryClient> client, DiscoverySpec.Source.Registry service, Scheduler calls) {
        this.client = client;
        this.service = service;
        this.calls = calls;
    }

    @Override
    public Mono<Answer> ask() {
        return Mono.defer(() -> {
            AtomicBoolean over = new AtomicBoolean();
            return Flux.defer(() -> client.get().getInstances(service.serviceId()))
                    .take(MemberWatch.MAX_MEMBERS + 1L)
                    .collectList()
                    .map(this::answer)
                    // What a call that was given up fails of is of no interest, and would be reported at length.
                    .onErrorComplete(failure -> over.get())
                    .subscribeOn(calls)
                    .doOnCancel(() -> over.set(true));
        });
    }

    private Answer answer(List<ServiceInstance> instances) {
        List<Backend> members = new ArrayList<>();
        List<String> complaints = new ArrayList<>();
        for (ServiceInstance instance : instances) {
            String host = host(instance.getHost());
            int port = instance.getPort();
            String given = instance.getInstanceId();
            if (host == null || port < 1 || port > MAX_PORT) {
                complaints.add("instance " + PlainText.line(String.valueOf(given)) + ": "
                        + PlainText.line(instance.getHost() + ":" + port)
                        + " (expected: a host and a port of 1-65535); it is left out");
            } else {
                String id = PlainText.id(given == null || given.isBlank() ? host + ":" + port : given);
                members.add(new Backend(id, host, port, weight(id, instance, complaints)));
            }
        }
        return Answer.of(members, complaints);
    }

    private int weight(String id, ServiceInstance instance, List<String> complaints) {
        String key = service.weightMetadata().orElse(null);
        String text = key == null || instance.getMetadata() == null
                ? null
                : instance.getMetadata().get(key);
        if (text == null) {
            return Backend.DEFAULT_WEIGHT;
        }
        if (WEIGHT.matcher(text).matches() && Integer.parseInt(text) <= Backend.MAX_WEIGHT) {
            return Integer.parseInt(text);
        }
        complaints.add("member " + id + ": metadata " + key + ": " + PlainText.line(text) + " (expected: a weight of 0-"
                + Backend.MAX_WEIGHT + "); it has " + Backend.DEFAULT_WEIGHT);
        return Backend.DEFAULT_WEIGHT;
    }

    /** The host without the brackets of an IPv6 literal, or null if it is none. */
    private static @Nullable String host(@Nullable String given) {
        if (given == null) {
            return null;
        }
        String bare = given.startsWith("[") && given.endsWith("]") ? given.substring(1, given.length() - 1) : given;
        boolean literal = NetUtil.isValidIpV4Address(bare)
                || (bare.indexOf(':') >= 0 && bare.indexOf('%') < 0 && NetUtil.isValidIpV6Address(bare));
        boolean name = NAME.matcher(bare).matches() && !NUMERIC.matcher(bare).matches();
        return literal || name ? bare : null;
    }
}
